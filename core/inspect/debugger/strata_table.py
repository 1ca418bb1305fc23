"""Tensors as text, for gdb and lldb alike: the shape, then a table that fits a screen."""

MOST_ROWS = 10
MOST_COLUMNS = 8
MOST_SLICES = 2
MOST_ENTRIES = 1 << 44  # more than any machine holds: such a shape was never written


class Uninitialised(Exception):
    """What is looked at is no object of this type: not made yet, or no longer there."""


def check(condition):
    if not condition:
        raise Uninitialised()


def shape_text(lengths):
    return "×".join(str(n) for n in lengths) if lengths else "empty"


def checked_lengths(rank, lengths):
    """The lengths of the dimensions there are; unused places hold 1 (core/tensor.hpp)."""
    check(0 <= rank <= 4)
    check(all(n == 1 for n in lengths[rank:]))
    check(all(1 <= n <= MOST_ENTRIES for n in lengths[1:rank]))
    check(rank == 0 or 0 <= lengths[0] <= MOST_ENTRIES)
    check(product(lengths) <= MOST_ENTRIES)
    return list(lengths[:rank])


def product(numbers):
    result = 1
    for n in numbers:
        result *= n
    return result


def number(x):
    return "%.6g" % x


def aligned(rows, labels, header):
    """Rows of texts under a header, right-aligned, all columns equally wide."""
    width = max([len(cell) for row in rows for cell in row] + [len(h) for h in header] + [6])
    left = max([len(label) for label in labels] + [2])
    lines = [" " * left + "".join("  " + h.rjust(width) for h in header)]
    for label, row in zip(labels, rows):
        lines.append(label.rjust(left) + "".join("  " + cell.rjust(width) for cell in row))
    return lines


def heading(lengths, read):
    """The shape; a single number follows it at once."""
    return shape_text(lengths) + (": " + number(read(0, 1)[0]) if product(lengths) == 1 and lengths else "")


def matrix_lines(rows, columns, read, begin=0, most_rows=MOST_ROWS):
    """A matrix that lies row by row from entry `begin` on, under the labels of its rows and columns; read(begin, count) gives
    its numbers."""
    shown_rows, shown_columns = rows[:most_rows], columns[:MOST_COLUMNS]
    if not shown_rows or not shown_columns:
        return ["no entries"]
    cells = [[number(x) for x in read(begin + i * len(columns), len(shown_columns))] for i in range(len(shown_rows))]
    lines = aligned(cells, list(map(str, shown_rows)), list(map(str, shown_columns)))
    left_out = []
    if len(shown_rows) < len(rows):
        left_out.append("%d more rows" % (len(rows) - len(shown_rows)))
    if len(shown_columns) < len(columns):
        left_out.append("%d more columns" % (len(columns) - len(shown_columns)))
    if left_out:
        lines.append("… " + ", ".join(left_out))
    return lines


def tensor_lines(lengths, read):
    """The table of a tensor of rank 1 to 4. Only the numbers that are shown are read."""
    if product(lengths) <= 1:  # see heading
        return []
    columns = range(lengths[-1])
    if len(lengths) == 1:
        return matrix_lines([""], columns, read)
    outer, rows = lengths[:-2], range(lengths[-2])
    if not outer:
        return matrix_lines(rows, columns, read)
    slices = product(outer)
    lines = []
    for s in range(min(slices, MOST_SLICES)):
        place = [s] if len(outer) == 1 else [s // outer[1], s % outer[1]]
        lines.append("[%s,:,:]" % ",".join(map(str, place)))
        lines += matrix_lines(rows, columns, read, s * len(rows) * len(columns))
    if slices > MOST_SLICES:
        lines.append("… %d more of these matrices" % (slices - MOST_SLICES))
    return lines
