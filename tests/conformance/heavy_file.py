"""A reader of heavy files made from docs/format.md alone, to see that the page says what the code does."""
import ctypes
import struct
from types import SimpleNamespace

import numpy as np

BLOCK = 4096
FAN_OUT = 32
LEAF = 64
LARGE_PAGE, LARGE_SECTION = 2 << 20, 32 << 20
FLT_MAX, FLT_MIN, FLT_EPSILON = (np.float32(x) for x in (3.4028234663852886e38, 2**-126, 2**-23))
# floats, words, bytes
KINDS = {"point": (3, 1, 0), "sphere": (4, 1, 0), "synapse": (3, 3, 0), "morphology": (7, 1, 1)}

xxhash = ctypes.CDLL("libxxhash.so.0")
xxhash.XXH3_64bits.restype = ctypes.c_uint64
xxhash.XXH3_64bits.argtypes = [ctypes.c_char_p, ctypes.c_size_t]


def checksum(data):
    return xxhash.XXH3_64bits(bytes(data), len(data))


def up(number, unit):
    return -(-number // unit)


def read_header(data):
    names = "version header_bytes kind fan_out leaf_capacity levels count leaves file_bytes".split()
    header = SimpleNamespace(**dict(zip(names, struct.unpack_from("<6I3Q", data, 8))))
    header.magic = data[:8]
    header.bounds = np.frombuffer(data, "<f4", 6, 56)
    header.block_bytes, header.section_count = struct.unpack_from("<2I", data, 80)
    header.sections = [struct.unpack_from("<2Q", data, 88 + 16 * i) for i in range(16)]
    header.checksums_checksum, = struct.unpack_from("<Q", data, 344)
    header.checksum, = struct.unpack_from("<Q", data, 4088)
    header.unused = data[352:4088]
    return header


def expected_sections(header, kind):
    """Offsets and lengths, computed from the number of elements."""
    floats, words, byte_columns = KINDS[kind]
    nodes, inner = header.leaves, 0
    while nodes > 1 or not inner:
        nodes = up(nodes, FAN_OUT)
        inner += nodes * 6 * FAN_OUT * 4
    lengths = [inner, header.leaves * LEAF * 4 * floats] + [8 * header.count] * words + [header.count] * byte_columns
    sections, end = [], BLOCK
    for length in lengths:
        unit = LARGE_PAGE if length >= LARGE_SECTION else BLOCK
        offset = up(end, unit) * unit
        sections.append((offset, length))
        end = offset + up(length, BLOCK) * BLOCK
    sections.append((end, 8 * (end // BLOCK - 1)))
    return sections


def read_elements(data, header, kind):
    """Columns of floats, words and bytes, and whether all other bytes of their sections are 0."""
    floats, words, byte_columns = KINDS[kind]
    float_section, *others = header.sections[1:header.section_count - 1]
    leaves = np.frombuffer(data, "<f4", header.leaves * floats * LEAF, float_section[0])
    columns = leaves.reshape(header.leaves, floats, LEAF).swapaxes(0, 1).reshape(floats, header.leaves * LEAF)
    clean = not columns[:, header.count:].any()
    for section, following in zip(header.sections[:header.section_count], header.sections[1:header.section_count]):
        clean = clean and not any(data[section[0] + section[1]:following[0]])

    def arrays(kind_of, sections):
        return np.array([np.frombuffer(data, kind_of, header.count, offset) for offset, _ in sections], kind_of)
    return SimpleNamespace(clean=clean, floats=columns[:, :header.count], words=arrays("<u8", others[:words]),
                           bytes=arrays("u1", others[words:words + byte_columns]))


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
