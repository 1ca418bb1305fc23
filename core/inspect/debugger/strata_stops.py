"""Breakpoints that know nodes: break-node, break-op, break-param, break-nan. Each stands in one of the two loops of
core/autodiff/tape.cpp, on the line that calls the rule: one `step` from there goes into it."""

import difflib
import re

import gdb

import strata_where as where
from strata_memory import TROUBLE
from strata_where import Visit

RULE = {"forward": "op->forward(*this", "backward": "op->backward(*this"}
AFTER = {"forward": "observer->after_forward(", "backward": "observer->after_backward("}


def line_in_loop(direction, call):
    """FILE:LINE of the statement in Tape::run_forward or run_backward that holds this call."""
    try:
        start = gdb.decode_line("strata::Tape::run_" + direction)[1][0]
        with open(start.symtab.fullname(), encoding="utf-8") as file:
            lines = file.read().split("\n")
    except (gdb.error, OSError, TypeError) as error:
        raise gdb.GdbError("the loop Tape::run_%s is not found in this program: %s" % (direction, error))
    for number in range(start.line, min(start.line + 20, len(lines)) + 1):
        if call in lines[number - 1]:
            return "%s:%d" % (start.symtab.filename, number)
    raise gdb.GdbError("Tape::run_%s has changed: no line near %s:%d calls %s" % (direction, start.symtab.filename, start.line, call))


class Stop(gdb.Breakpoint):
    """Stops at a visit for which `reason(visit)` is a text; says that text."""

    def __init__(self, direction, call):
        super().__init__(line_in_loop(direction, call))

    def stop(self):
        try:
            reason = self.reason(Visit(gdb.newest_frame()))
        except TROUBLE as error:
            reason = "the node cannot be read: %s" % error
        if reason:
            gdb.write("\n" + reason)
        return bool(reason)


class RuleStop(Stop):
    """Before the rule of every node that `wanted(tape, index, node)`."""

    def __init__(self, direction, wanted, what):
        super().__init__(direction, RULE[direction])
        self.wanted = wanted
        gdb.write("  stops before the %s rule of %s\n" % (direction, what))

    def reason(self, visit):
        if not self.wanted(visit.tape, visit.index, visit.node):
            return None
        has_rule = int(visit.node.op[visit.direction]) != 0
        what = "its %s rule is next (step goes into it)" % visit.direction if has_rule else "a leaf, its gradient is complete"
        return "%s: %s\n" % (visit.tape.describe(visit.index), what)


def operand_ranges(visit):
    lines = ""
    for index in dict.fromkeys(visit.node.inputs):
        node = visit.tape.node(index)
        lines += "  its operand node %d, %s, %s\n" % (index, node.title(), node.value().range_text())
    return lines


def non_finite_reason(visit, what, tensor):
    place, number, count = tensor.first_bad()
    return "%s: its %s rule made %s not finite: %s is %s (%d of %d entries)\n  rule %s   (%s)\n%s" % (
        visit.tape.describe(visit.index), visit.direction, what, place, number, count, tensor.count,
        visit.node.rule(), visit.node.written_at(), operand_ranges(visit))


class NonFiniteValue(Stop):
    """After a forward rule whose value has a NaN or an infinity although no rule before it made one."""

    def __init__(self):
        super().__init__("forward", AFTER["forward"])

    def reason(self, visit):
        value = visit.node.value()
        if value.all_finite():
            return None
        for index in visit.node.inputs:
            node = visit.tape.node(index)
            if int(node.op["forward"]) != 0 and not node.value().all_finite():
                return None  # it comes from there
        return non_finite_reason(visit, "its value", value)


class NonFiniteGradient(Stop):
    """After a backward rule that made the gradient of an operand not finite, of finite numbers."""

    def __init__(self):
        super().__init__("backward", AFTER["backward"])
        self.known = set()  # the gradients that were not finite before

    def reason(self, visit):
        tape, node = visit.tape, visit.node
        if visit.index == int(visit.frame.read_var("root")["index"]):  # a pass begins
            self.known = {k for k in tape.parameter_names() if not tape.node(k).grad().all_finite()}
            if not node.grad().all_finite():
                place, number, _ = node.grad().first_bad()
                return "%s: the upstream gradient that the pass was given is not finite: %s is %s\n" % (
                    tape.describe(visit.index), place, number)
        for index in dict.fromkeys(node.inputs):
            operand = tape.node(index)
            if not operand.wants_grad or index in self.known or operand.grad().all_finite():
                continue
            self.known.add(index)
            made_of = [node.value(), node.grad()] + [tape.node(k).value() for k in node.inputs]
            if all(tensor.all_finite() for tensor in made_of):
                return (non_finite_reason(visit, "the gradient of node %d, %s," % (index, operand.title()), operand.grad())
                        + "  its upstream gradient %s\n" % node.grad().range_text())
        return None


# ---- the commands


class BreakCommand(where.Command):
    kind = gdb.COMMAND_BREAKPOINTS


def known_operations():
    """The rows of the table, NAME of NAME_op, and what stands on the tape."""
    listed = gdb.execute("info variables -q _op$", to_string=True)
    names = set(re.findall(r"(\w+)_op;", listed))
    try:
        tape = where.find_tape()
        names.update(tape.node(k).op_name for k in range(len(tape)))
    except (gdb.GdbError, *TROUBLE):
        pass
    return sorted(names)


def directions(words):
    if not words:
        return ["forward", "backward"]
    if words == ["forward"] or words == ["backward"]:
        return words
    raise gdb.GdbError("'%s': forward or backward? (nothing means both)" % " ".join(words))


class BreakNode(BreakCommand):
    """break-node N [forward|backward]: stop before the rule of node N, in the given pass or in both.
`tape` lists the nodes. Before the program runs it counts for every tape that will have a node N. A leaf has no rule;
the backward pass stops when its gradient is complete."""

    name = "break-node"

    def run(self, argument):
        words = argument.split()
        if not words or not words[0].isdigit():
            raise gdb.GdbError("break-node N: which node? (tape lists them)")
        number = int(words[0])
        for direction in directions(words[1:]):
            RuleStop(direction, lambda tape, index, node: index == number, "node %d" % number)


class BreakOp(BreakCommand):
    """break-op NAME [forward|backward]: stop before each rule of this operation: break-op sigmoid backward.
The name is that of the operation's row: affine, sigmoid, kl_sparsity, … (break-op alone lists them)."""

    name = "break-op"

    def run(self, argument):
        words, known = argument.split(), known_operations()
        if not words:
            raise gdb.GdbError("break-op NAME: which operation? (%s)" % ", ".join(known))
        name = words[0]
        if known and name not in known:
            near = difflib.get_close_matches(name, known, 1)
            raise gdb.GdbError("there is no operation '%s' (%s)" % (name, "did you mean %s?" % near[0] if near else ", ".join(known)))
        for direction in directions(words[1:]):
            RuleStop(direction, lambda tape, index, node: node.op_name == name, name)

    def complete(self, text, word):
        return [name for name in known_operations() if name.startswith(word)]


class BreakParam(BreakCommand):
    """break-param W1: stop before each backward rule that adds to the gradient of this parameter.
By its short name or its own, encoder.0.W. Before the program runs it counts for every tape that has one."""

    name = "break-param"

    def run(self, argument):
        name = argument
        if not name:
            raise gdb.GdbError("break-param NAME: which parameter? (W1, b1, encoder.0.W, …)")
        try:
            tape = where.find_tape()
        except gdb.GdbError:
            tape = None
        if tape is not None and tape.parameter_names():
            where.find_parameter(tape, name)  # says so where there is none
        leaves = {}  # by tape and its length

        def uses_it(tape, index, node):
            key = (tape.address, len(tape))
            if key not in leaves:
                leaves[key] = [k for k, short in tape.parameter_names().items() if name in (short, tape.node(k).name)]
            return any(leaf in node.inputs for leaf in leaves[key])

        RuleStop("backward", uses_it, "each node that uses " + name)


class BreakNan(BreakCommand):
    """break-nan: stop behind the rule that makes a value or a gradient not finite (NaN or infinite) of finite ones.
It says which node, of which operands, and where the rule stands. What only passes it on does not stop."""

    name = "break-nan"

    def run(self, argument):
        NonFiniteValue()
        NonFiniteGradient()
        gdb.write("  stops behind the rule that makes a number not finite\n")
        try:
            tape = where.find_tape()
            bad = next((k for k in range(len(tape)) if not tape.node(k).value().all_finite()), None)
        except (gdb.GdbError, *TROUBLE):
            return
        if bad is not None:
            gdb.write("  %s has one already (nan explains it)\n" % tape.describe(bad))


def register():
    for command in (BreakNode, BreakOp, BreakParam, BreakNan):
        command()
