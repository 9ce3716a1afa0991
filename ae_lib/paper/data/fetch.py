"""Data that scikit-learn's fetchers find on this computer; nothing is downloaded."""


def fetched(fetch, what, data_home, **arguments):
    """Return what a fetcher of scikit-learn finds on this computer.

    Parameters
    ----------
    fetch : callable
        Such as ``sklearn.datasets.fetch_olivetti_faces``.
    what : str
        What it is that may be missing, at the beginning of the message: ``"the faces"``.
    data_home : pathlib.Path or None
        Where it looks. None stands for scikit-learn's own folder.
    **arguments : object
        Of the fetcher.

    Returns
    -------
    sklearn.utils.Bunch

    Raises
    ------
    FileNotFoundError
        If the data are not there. The message says how to get them.
    """
    try:
        return fetch(data_home=data_home, download_if_missing=False, **arguments)
    except OSError as error:
        place = "scikit-learn's folder" if data_home is None else data_home
        raise FileNotFoundError(
            f"{what} are not in {place}, and nothing is downloaded unasked. "
            f"sklearn.datasets.{fetch.__name__}(data_home=...) brings them; then name the same "
            "folder by --data-home"
        ) from error
