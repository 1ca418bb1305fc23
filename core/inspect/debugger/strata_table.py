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


def matrix_lines(rows, columns, read, begin, is_vector=False, most_rows=MOST_ROWS, most_columns=MOST_COLUMNS):
    """A matrix that lies row by row from entry `begin` on; read(begin, count) gives its numbers."""
    shown_rows, shown_columns = min(rows, most_rows), min(columns, most_columns)
    if shown_rows * shown_columns == 0:
        return ["no entries"]
    cells = [[number(x) for x in read(begin + i * columns, shown_columns)] for i in range(shown_rows)]
    labels = [""] if is_vector else [str(i) for i in range(shown_rows)]
    lines = aligned(cells, labels, [str(j) for j in range(shown_columns)])
    left_out = []
    if shown_rows < rows:
        left_out.append("%d more rows" % (rows - shown_rows))
    if shown_columns < columns:
        left_out.append("%d more columns" % (columns - shown_columns))
    if left_out:
        lines.append("… " + ", ".join(left_out))
    return lines


def tensor_lines(lengths, read, most_rows=MOST_ROWS, most_columns=MOST_COLUMNS):
    """The table of a tensor of rank 1 to 4. Only the numbers that are shown are read."""
    if product(lengths) <= 1:  # see heading
        return []
    if len(lengths) <= 2:
        rows = lengths[0] if len(lengths) == 2 else 1
        return matrix_lines(rows, lengths[-1], read, 0, len(lengths) == 1, most_rows, most_columns)
    outer, rows, columns = lengths[:-2], lengths[-2], lengths[-1]
    slices = product(outer)
    lines = []
    for s in range(min(slices, MOST_SLICES)):
        place = [s] if len(outer) == 1 else [s // outer[1], s % outer[1]]
        lines.append("[%s,:,:]" % ",".join(map(str, place)))
        lines += matrix_lines(rows, columns, read, s * rows * columns, False, most_rows, most_columns)
    if slices > MOST_SLICES:
        lines.append("… %d more of these matrices" % (slices - MOST_SLICES))
    return lines
