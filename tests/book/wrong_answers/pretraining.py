"""Typical wrong answers to the exercises of chapter 4, each with words of its hint."""


def layers_of(rbms, *, turned=True, transposed=True, bias="a"):
    encoder = [(W, b) for W, _, b in rbms]
    down = list(reversed(rbms)) if turned else rbms
    chosen = {"a": lambda a, b: a, "b": lambda a, b: b, "zero": lambda a, b: 0 * a}[bias]
    return encoder + [(W.T if transposed else W, chosen(a, b)) for W, a, b in down]


WRONG = {
    "unrolled": [
        (lambda rbms: layers_of(rbms, turned=False), "the last machine comes first"),
        (lambda rbms: layers_of(rbms, transposed=False), "have to be transposed"),
        (lambda rbms: layers_of(rbms, bias="b"), "visible ones"),
        (lambda rbms: layers_of(rbms, bias="zero"), "visible ones"),
        (lambda rbms: layers_of(rbms)[:3], "six layers"),
    ],
}
