"""Commands that look: tape, node, node-origin, why, nan, back, forth."""

import re
import textwrap

import gdb

import strata_where as where
from strata_memory import TROUBLE, Tensor, vector_memory
from strata_printers import node_head, snapshot_text, value_and_gradient
from strata_where import Command

SCREEN = 40  # nodes that `tape` lists at once


def gradient_state(node, index, visit):
    """What a gradient is worth now: behind the loop it is complete, before it more may come."""
    if not node.wants_grad:
        return "-"
    if not node.reached:
        return "not reached"
    return "in part" if visit is not None and visit.direction == "backward" and index < visit.index else "complete"


def table(rows):
    """Columns as wide as they need; the rows' texts begin at the left."""
    widths = [max(len(row[c]) for row in rows) for c in range(len(rows[0]))]
    return "".join(" ".join(cell.ljust(width) for cell, width in zip(row, widths)).rstrip() + "\n" for row in rows)


class TapeCommand(Command):
    """tape [FIRST [LAST]]: the nodes of the nearest tape, a line each; => marks the one whose rule runs.
The tape is found by itself: that of the selected frame, or of the frames that called it."""

    name = "tape"

    def run(self, argument):
        tape = where.find_tape()
        visit = where.visit_under_way()
        running = visit.index if visit is not None and visit.tape.address == tape.address else -1
        first, last = self.range(argument, len(tape), running)
        rows = [("", "node", "op", "shape", "inputs", "gradient", "name", "made at")]
        names = tape.parameter_names()
        for index in range(first, last):
            node = tape.node(index)
            gradient = gradient_state(node, index, visit if running >= 0 else None)
            name = node.name if index not in names or names[index] == node.name else "%s (%s)" % (names[index], node.name)
            rows.append(("=>" if index == running else "", "%4d" % index, node.op_name, node.value().shape_text(),
                         " ".join(map(str, node.inputs)), gradient, name, node.made_at()))
        gdb.write(table(rows))
        if first > 0 or last < len(tape):
            gdb.write("nodes %d to %d of %d (tape FIRST LAST lists others)\n" % (first, last - 1, len(tape)))
        terms = tape.terms()
        if terms:
            gdb.write("objective: node %d = %s\n" % (tape.total(), " + ".join("%s (node %d)" % t for t in terms)))

    def range(self, argument, count, running):
        words = re.split(r"[\s:,]+", argument) if argument else []
        if any(not word.isdigit() for word in words) or len(words) > 2:
            raise gdb.GdbError("tape [FIRST [LAST]]: node numbers, counted from 0")
        numbers = list(map(int, words))
        if not numbers:  # around what runs
            first = 0 if count <= SCREEN or running < 0 else min(max(0, running - SCREEN // 2), count - SCREEN)
        else:
            first = numbers[0]
        last = numbers[1] + 1 if len(numbers) == 2 else first + SCREEN
        if count > 0 and first >= count or last <= first:
            raise gdb.GdbError("this tape has %d nodes, counted from 0" % count)
        return first, min(last, count)


class NodeCommand(Command):
    """node [N|NAME]: one node: its rule, where it was made, operands, users, value and gradient.
NAME is a parameter, W1 or encoder.0.W. Without a number: the node whose rule runs."""

    name = "node"

    def run(self, argument):
        tape = where.find_tape()
        index = where.find_node(argument, tape)
        node = tape.node(index)
        users = ["node %d" % k for k in range(index + 1, len(tape)) if index in tape.node(k).inputs]
        text = "node %d, " % index + node_head(node)
        text += "".join("\nfrom  node %d, %s" % (k, tape.node(k).title()) for k in node.inputs)
        text += "\nused by " + (", ".join(users) or "none")
        gdb.write(text + value_and_gradient(node) + "\n")


class NodeOrigin(Command):
    """node-origin [N|NAME]: list the source line that made a node; `list` goes on from there."""

    name = "node-origin"

    def run(self, argument):
        tape = where.find_tape()
        index = where.find_node(argument, tape)
        site = tape.node(index).raw["made_at"]
        gdb.write("%s, in %s\n" % (tape.describe(index), site["function"].string()))
        gdb.execute("list " + tape.node(index).made_at())


class Why(Command):
    """why NAME I [J]: why one entry of a parameter has its gradient: why W1 1 2, why b1 2, why W1[1,2].
Its gradient under the whole objective, split by term, by node and by example. The program computes it in passes of
its own and puts everything back: the pass that you are in goes on unharmed."""

    name = "why"

    def run(self, argument):
        parts = re.fullmatch(r"([A-Za-z_][\w.\-]*)[\s\[,]+(\d+)(?:[\s,]+(\d+))?\s*\]?", argument)
        if parts is None:
            raise gdb.GdbError("why NAME I [J]: which entry? (why W1 1 2, why b1 2; counted from 0)")
        tape = where.find_tape()
        visit = where.visit_under_way()
        if tape.total() < 0 or (visit is not None and visit.direction == "forward"):
            raise gdb.GdbError("the forward pass is not finished: go on to the backward pass first (break-op NAME backward, continue)")
        indices = [k for k in parts.groups()[1:] if k is not None]
        gdb.write(where.call("why_text", tape, "%s[%s]" % (parts[1], ",".join(indices))))


class Nan(Command):
    """nan: where the first number that is not finite comes from: a value in forward order, or else a gradient.
The first one is the one to look at: all that follow come from it."""

    name = "nan"

    def run(self, argument):
        text = where.call("non_finite_text", where.find_tape())
        gdb.write(textwrap.fill(text, 118, break_long_words=False, break_on_hyphens=False, subsequent_indent="  ") + "\n")


class Past:
    """How many visits back from now the reader stands. It is now again when the program has moved."""

    def __init__(self):
        self.moment = None
        self.back = 0

    def move(self, steps):
        tape = where.find_tape()
        visits = where.find_journal(tape)["visits"]
        begin, count, _ = vector_memory(visits)
        moment = (tape.address, begin, count)
        if moment != self.moment:
            self.moment, self.back = moment, 0
        if count == 0:
            raise gdb.GdbError("the journal is empty: nothing has been visited yet")
        if self.back + steps > count:
            raise gdb.GdbError("this is the first visit: there is nothing before it")
        if self.back + steps <= 0:
            self.back = 0
            raise gdb.GdbError("this is now, after visit %d: the program has not gone further (continue, step)" % count)
        self.back += steps
        number = count - self.back
        gdb.write(visit_text(tape, visits["_M_impl"]["_M_start"][number], number, count))


def visit_text(tape, visit, number, count):
    kind, node = int(visit["kind"]), int(visit["node"])
    place = "visit %d of %d, " % (number + 1, count)
    if kind == 0:
        text = place + "forward: %s" % tape.describe(node)
        shown = ("value",)
    elif kind == 1:
        text = place + "the backward pass begins at %s" % tape.describe(node)
        shown = ("after",)
    else:
        operand = int(visit["operand"])
        text = place + "backward: %s, adds to the gradient of node %d, %s" % (
            tape.describe(node), operand, tape.node(operand).title())
        shown = ("before", "contribution", "after")
    text += "\nrule  %s   (%s)\n" % (tape.node(node).rule(), tape.node(node).written_at())
    for name in shown:
        text += "%s %s\n" % (name, snapshot_text(visit[name]))
    return text


PAST = Past()


def count_of(argument):
    if not argument:
        return 1
    if not argument.isdigit() or int(argument) == 0:
        raise gdb.GdbError("'%s' is no number of visits (back, back 3)" % argument)
    return int(argument)


class Back(Command):
    """back [N]: the visit before, as the journal has it: what it added to whose gradient. Again: one further back.
The program itself stays where it is; forth comes back."""

    name = "back"

    def run(self, argument):
        PAST.move(count_of(argument))


class Forth(Command):
    """forth [N]: one visit forward again, after back."""

    name = "forth"

    def run(self, argument):
        PAST.move(-count_of(argument))


# ---- functions for print, watch and conditions


class NodeFunction(gdb.Function):
    """$node(N), $node("W1"): a node of the nearest tape: print $node(8).grad"""

    def __init__(self):
        super().__init__("node")

    def invoke(self, which):
        tape = where.find_tape()
        is_number = which.type.strip_typedefs().code == gdb.TYPE_CODE_INT
        return tape.node(where.find_node(str(int(which)) if is_number else which.string(), tape)).raw


class AtFunction(gdb.Function):
    """$at(X, I, J): one entry of a tensor, counted from 0: print $at($node(8).grad, 0, 1)"""

    def __init__(self):
        super().__init__("at")

    def invoke(self, tensor, *indices):
        try:
            shown = Tensor(where.without_reference(tensor))
        except TROUBLE:
            raise gdb.GdbError("$at(X, I, J): X is no tensor, or not initialised")
        places = list(map(int, indices))
        inside = len(places) == len(shown.lengths) and all(0 <= i < n for i, n in zip(places, shown.lengths))
        if not inside or shown.count == 0:
            raise gdb.GdbError("$at%s: it is %s, counted from 0" % (places, shown.shape_text()))
        entry = 0
        for i, n in zip(places, shown.lengths):
            entry = entry * n + i
        return gdb.Value(shown.read(entry, 1)[0])


def register():
    NodeFunction()
    AtFunction()
    for command in (TapeCommand, NodeCommand, NodeOrigin, Why, Nan, Back, Forth):
        command()
