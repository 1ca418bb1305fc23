"""Strata in an editor that drives gdb (.vscode/launch.json): what unfolds into what. By hand:

    gdb --interpreter=mi -ex 'source core/inspect/debugger/strata_editor.py'

It needs -enable-pretty-printing. gdb's machine interface gives no text of its own to what unfolds (it says {...}), so that
what is to be read at once stands in a part, or in its name: a tensor has `shape`, then its rows as lines of numbers."""

import os

import gdb
import gdb.printing

gdb.execute("source " + os.path.join(os.path.dirname(os.path.abspath(__file__)), "strata_gdb.py"))
import strata_memory  # strata_gdb has loaded it
from strata_printers import PRINTERS, UNINITIALISED
from strata_table import number, product

MOST_PARTS = 200  # an editor asks for all of them at once
MOST_NUMBERS = 100  # of a row


class Line:
    """A value that does not unfold."""

    def __init__(self, text):
        self.text = text

    def to_string(self):
        try:
            return self.text().split("\n", 1)[0]
        except strata_memory.TROUBLE:
            return UNINITIALISED


class Unfolding(Line):
    def __init__(self, text, parts):
        super().__init__(text)
        self.parts = parts

    def children(self):
        try:
            yield from self.parts()
        except strata_memory.TROUBLE:
            yield "", UNINITIALISED


def row_text(row):
    count = strata_memory.program.array_length(row)
    shown = "  ".join(number(float(row[i])) for i in range(min(count, MOST_NUMBERS)))
    return shown + ("  … %d in all" % count if count > MOST_NUMBERS else "")


def parts_of_tensor(value):
    tensor = strata_memory.Tensor(value)
    yield "shape", tensor.shape_text()
    if tensor.count == 0:
        return
    numbers = value["values"]["_M_impl"]["_M_start"]
    real = numbers.type.strip_typedefs().target()
    rows, width = product(tensor.lengths[:-1]), tensor.lengths[-1]
    if len(tensor.lengths) == 1:
        rows, width = width, 1
    for i in range(min(rows, MOST_PARTS)):
        at = tensor.place(i * width)
        if len(tensor.lengths) == 1:
            yield at, numbers[i]
        else:
            row = (numbers + i * width).cast(real.array(width - 1).pointer())
            yield at.replace(",0]", ",:]"), row.dereference()
    if rows > MOST_PARTS:
        yield "…", "%d more" % (rows - MOST_PARTS)


def parts_of_parameter(value):
    yield "name", strata_memory.program.text_of(value["name"])
    yield "value", value["value"]
    yield "grad", value["grad"]


def parts_of_node(value):
    node = strata_memory.Node(value)
    yield "operation", node.title()
    yield "made_at", node.made_at()
    yield "value", node.tensors()["value"]
    yield "grad", node.tensors()["grad"]
    yield "inputs", " ".join(map(str, node.inputs))
    yield "saved", value["saved"]


def parts_of_tape(value):
    tape = strata_memory.Tape(value)
    for i in range(min(len(tape), MOST_PARTS)):
        yield "%d_%s" % (i, tape.node(i).op_name), tape.node(i).raw
    if len(tape) > MOST_PARTS:
        yield "…", "%d more" % (len(tape) - MOST_PARTS)


def parts_of_var(value):
    tape = int(value["tape"])
    if tape:
        yield from parts_of_node(strata_memory.Tape(value["tape"].dereference()).node(int(value["index"])).raw)


PARTS = {
    "Tensor": parts_of_tensor,
    "Parameter": parts_of_parameter,
    "Node": parts_of_node,
    "Tape": parts_of_tape,
    "Var": parts_of_var,
}


def printer_of(value):
    if value.type.code == gdb.TYPE_CODE_REF:
        value = value.referenced_value()
    of = value.type.unqualified().strip_typedefs()
    if of.code == gdb.TYPE_CODE_ARRAY:
        entry = of.target().unqualified().strip_typedefs()
        if entry.code == gdb.TYPE_CODE_FLT:
            return Line(lambda: row_text(value))
        return Line(value.string) if entry.name == "char" else None  # a part that is a text
    room, _, name = (of.name or "").partition("::")
    if room != "strata" or name not in PRINTERS:
        return None
    text, parts = PRINTERS[name], PARTS.get(name)
    return Unfolding(lambda: text(value), lambda: parts(value)) if parts else Line(lambda: text(value))


printer_of.name, printer_of.enabled = "strata", True
gdb.printing.register_pretty_printer(None, printer_of, replace=True)
