"""Properties of indexes that are built in a memory-mapped file, under their old name."""


from typing import Any
class DiskMemMapProps:
    """Where a memory-mapped index goes, and how large its file may become.

    map_file: the folder of the index.
    file_size: the most that its file may take, in MiB. Nothing of that size is created: the file is as large as its
        contents. More than that is an error.
    close_shrink: taken for the sake of older programs; there is nothing to shrink.
    """

    def __init__(self, map_file: Any, file_size: Any = 1024, close_shrink: Any = False) -> None:
        self.map_file = map_file
        self.file_size = file_size
        self.close_shrink = close_shrink

    @property
    def memdisk_file(self) -> Any:
        """``map_file``, as it was called."""
        return self.map_file

    @property
    def shrink(self) -> Any:
        """``close_shrink``, as it was called."""
        return self.close_shrink

    @property
    def args(self) -> Any:
        return self.map_file, self.file_size, self.close_shrink

    def __repr__(self) -> str:
        return f"DiskMemMapProps({self.map_file!r}, {self.file_size!r}, {self.close_shrink!r})"
