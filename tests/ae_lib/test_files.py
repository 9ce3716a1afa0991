"""Files are written whole or not at all, and nothing else beside them is touched."""

import os

from ae_lib import _files


def test_processes_that_write_one_file_have_unfinished_files_of_their_own(tmp_path):
    path, seen = tmp_path / "file", []

    def write(file, depth=0):
        seen.append(file.name)
        if depth == 0:  # another process is at the same
            _files.write_whole(path, lambda inner: write(inner, 1))
            assert path.read_bytes() == b"1"
        file.write(str(depth).encode())

    _files.write_whole(path, write)
    assert path.read_bytes() == b"0"
    assert len(set(seen)) == 2
    assert [found.name for found in tmp_path.iterdir()] == ["file"]


def test_what_killed_runs_left_is_removed_when_it_is_old_and_nothing_else_is(tmp_path):
    old = tmp_path / f".file.{'0' * 16}.unfinished"
    kept = {f".file.{'1' * 16}.unfinished", ".file.mine.unfinished", f".b.{'2' * 16}.unfinished"}
    for name in (old.name, *kept):
        (tmp_path / name).touch()
        if "1" not in name:
            os.utime(tmp_path / name, (0, 0))
    _files.write_whole(tmp_path / "file", lambda file: file.write(b""))
    assert {path.name for path in tmp_path.iterdir()} == kept | {"file"}


def test_a_link_stays_a_link_and_files_can_be_read_by_others(tmp_path):
    (tmp_path / "disk").mkdir()
    (tmp_path / "link").symlink_to(tmp_path / "disk" / "file")
    umask = os.umask(0o022)
    try:
        _files.write_whole(tmp_path / "link", lambda file: file.write(b"1"))
    finally:
        os.umask(umask)
    assert (tmp_path / "link").is_symlink()
    assert (tmp_path / "disk" / "file").stat().st_mode & 0o777 == 0o644
