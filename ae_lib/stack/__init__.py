"""Layers learnt one at a time, and the autoencoder that they are unrolled to."""

from ae_lib.stack.pretraining import pretrain
from ae_lib.stack.stack import Stack
from ae_lib.stack.unrolling import unroll

__all__ = ["Stack", "pretrain", "unroll"]
