"""A reader of heavy files made from docs/format.md alone, to see that the page says what the code does."""
import ctypes
import struct
from types import SimpleNamespace

import numpy as np

BLOCK = 4096
FAN_OUT = 16
LEAF = 64
FLT_MAX, FLT_MIN, FLT_EPSILON = (np.float32(x) for x in (3.4028234663852886e38, 2**-126, 2**-23))
# floats, words, bytes, page capacity, page bytes
KINDS = {"point": (3, 1, 0, 1024, 20480), "sphere": (4, 1, 0, 512, 12288),
         "synapse": (3, 3, 0, 448, 16384), "morphology": (7, 1, 1, 320, 12288)}

xxhash = ctypes.CDLL("libxxhash.so.0")
xxhash.XXH3_64bits.restype = ctypes.c_uint64
xxhash.XXH3_64bits.argtypes = [ctypes.c_char_p, ctypes.c_size_t]


def checksum(data):
    return xxhash.XXH3_64bits(bytes(data), len(data))


def up(number, unit):
    return -(-number // unit)


def read_header(data):
    names = ("version header_bytes kind fan_out leaf_capacity page_capacity page_bytes levels"
             " count leaves pages file_bytes").split()
    header = SimpleNamespace(**dict(zip(names, struct.unpack_from("<8I4Q", data, 8))))
    header.magic = data[:8]
    header.bounds = np.frombuffer(data, "<f4", 6, 72)
    header.sections, header.reserved = struct.unpack_from("<2I", data, 96)
    header.inner, header.leaf_pages, header.checksums = (struct.unpack_from("<3Q", data, 104 + 24 * i) for i in range(3))
    header.checksums_checksum, = struct.unpack_from("<Q", data, 176)
    header.checksum, = struct.unpack_from("<Q", data, 4088)
    header.unused = data[184:4088]
    return header


def read_elements(data, header, kind):
    """Columns of floats, words and bytes, and whether all other bytes of the pages are 0."""
    floats, words, byte_columns, capacity, page_bytes = KINDS[kind]
    columns = [("floats", "<f4", (floats, capacity)), ("words", "<u8", (words, capacity)),
               ("bytes", "u1", (byte_columns, capacity))]
    used = sum(np.dtype(kind_of).itemsize * count * capacity for _, kind_of, (count, _) in columns)
    page = np.dtype(columns + [("rest", "u1", (page_bytes - used,))])
    pages = np.frombuffer(data, page, header.pages, header.leaf_pages[0])
    read = {name: pages[name].swapaxes(0, 1).reshape(count, capacity * header.pages) for name, _, (count, _) in columns}
    clean = not pages["rest"].any() and not any(column[:, header.count:].any() for column in read.values())
    return SimpleNamespace(clean=clean, **{name: column[:, :header.count] for name, column in read.items()})


def read_levels(data, header):
    """Boxes of children of each level, [child, side], level 1 first; and the bytes after them."""
    counts, nodes = [], header.leaves
    while nodes > 1 or not counts:
        nodes = up(nodes, FAN_OUT)
        counts.append(nodes)
    levels, offset = [], BLOCK
    for count in reversed(counts):
        boxes = np.frombuffer(data, "<f4", count * 6 * FAN_OUT, offset).reshape(count, 6, FAN_OUT)
        levels.insert(0, boxes.swapaxes(1, 2).reshape(-1, 6))
        offset += boxes.nbytes
    return levels, data[offset:up(offset, BLOCK) * BLOCK]


def boxes_of_elements(floats, kind):
    if kind == "morphology":
        p1, p2, radius = floats[0:3], floats[3:6], floats[6]
        v = p2 - p1
        square = radius * radius
        for coordinates in (*p1, *p2):
            square = np.maximum(square, coordinates * coordinates)
        divisor = (FLT_MIN + FLT_EPSILON * square) + ((v[0] * v[0] + v[1] * v[1]) + v[2] * v[2])
        reach = np.sqrt(np.float32(1) - v * v / divisor) * radius
        return np.vstack([np.minimum(p1 - reach, p2 - reach), np.maximum(p1 + reach, p2 + reach)]).T
    radius = floats[3] if kind == "sphere" else np.float32(0)
    return np.vstack([floats[:3] - radius, floats[:3] + radius]).T


def unite(boxes, size):
    """The union of every `size` boxes."""
    starts = np.arange(0, len(boxes), size)
    return np.hstack([np.minimum.reduceat(boxes[:, :3], starts), np.maximum.reduceat(boxes[:, 3:], starts)])


def hilbert_digits(floats, kind):
    """Places on the curve as 35 digits of three bits, by the algorithm of Hamilton's report."""
    half = np.float32(0.5)
    centroid = half * floats[0:3] + half * floats[3:6] if kind == "morphology" else floats[:3]
    cells = np.clip(np.floor(centroid.astype("f8") * 1024), -2**34, 2**34 - 1).astype("i8") + 2**34
    entry = np.zeros(cells.shape[1], "i8")
    direction = np.zeros(cells.shape[1], "i8")

    def rotate(bits, by):
        by %= 3
        return (bits << by | bits >> (3 - by)) & 7

    gray_rank = np.array([0, 1, 3, 2, 7, 6, 4, 5])
    child_entry = np.array([0, 0, 0, 3, 3, 6, 6, 5])
    child_direction = np.array([0, 1, 1, 2, 2, 1, 1, 0])
    digits = []
    for level in reversed(range(35)):
        octant = sum((cells[axis] >> level & 1) << axis for axis in range(3))
        digit = gray_rank[rotate(octant ^ entry, 3 - (direction + 1) % 3)]
        entry ^= rotate(child_entry[digit], direction + 1)
        direction = (direction + child_direction[digit] + 1) % 3
        digits.append(digit)
    return digits


def is_in_order(elements, kind):
    bits = elements.floats.view("<u4")
    keys = [*hilbert_digits(elements.floats, kind), *elements.words, *elements.bytes, *bits]
    order = np.lexsort(keys[::-1])
    return np.array_equal(order, np.arange(len(order)))
