"""How gdb and lldb print Strata's types: `print tape.nodes[3]`, `print W`, `info locals`."""

import strata_memory
from strata_memory import Node, Tape, Tensor, c_text, lengths_of, numbers_of_vector, rule_text, site_text, vector_memory
from strata_table import check, heading, matrix_lines, product, shape_text

UNINITIALISED = "<uninitialised>"


def indented(lines):
    return "".join("\n  " + line for line in lines)


def tensor_text(value):
    tensor = Tensor(value)
    return tensor.heading() + indented(tensor.lines())


def shape_of(value):
    return shape_text(lengths_of(value))


def value_and_gradient(node):
    """Those of a node or a parameter, under each other."""
    text = "\nvalue " + tensor_text(node.tensors()["value"])
    if not node.wants_grad:
        return text + "\ngradient: none is wanted"
    if not node.reached:
        return text + "\ngradient: not reached by the last backward pass"
    return text + "\ngradient " + tensor_text(node.tensors()["grad"])


def node_head(node):
    return "%s, made at %s\nrule  %s   (%s)" % (node.title(), node.made_at(), node.rule(), node.written_at())


def node_text(value):
    node = Node(value)
    return node_head(node) + value_and_gradient(node)


def var_text(value):
    index, tape = int(value["index"]), int(value["tape"])
    if tape == 0 and index == -1:
        return "of no tape"
    nodes = Tape(value["tape"].dereference())
    check(0 <= index < len(nodes))
    node = nodes.node(index)
    named = " " + node.name if node.name else ""
    return "node %d, %s%s of %s" % (index, node.op_name, named, tensor_text(node.tensors()["value"]))


def parameter_text(value):
    decays = int(value["decays"])
    check(decays in (0, 1))
    name = strata_memory.program.text_of(value["name"])
    head = "%s, %s" % (name or "no name", "decays" if decays else "does not decay")
    return head + "\nvalue " + tensor_text(value["value"]) + "\ngradient " + tensor_text(value["grad"])


def tape_text(value):
    tape = Tape(value)
    total = tape.total()
    return "tape of %d nodes" % len(tape) + (", the objective is node %d" % total if total >= 0 else "")


def snapshot_lines(value):
    """The table of a Snapshot of the journal, under the numbers of the rows and columns that were kept."""
    rows, columns = (numbers_of_vector(value[name], "Q") for name in ("rows", "cols"))
    values = numbers_of_vector(value["values"])
    check(len(values) == len(rows) * len(columns))
    return matrix_lines(rows, columns, lambda begin, count: values[begin : begin + count], most_rows=6)


def snapshot_text(value):
    kept = vector_memory(value["values"])[1]
    lengths = lengths_of(value["shape"])
    if kept == 0:
        return "nothing"
    if kept == 1 and product(lengths) == 1:
        return heading(lengths, lambda begin, count: numbers_of_vector(value["values"]))
    sampled = "" if kept == product(lengths) else ", a sample of %d entries" % kept
    return shape_text(lengths) + sampled + indented(snapshot_lines(value))


def workers_text(value):
    crew = vector_memory(value["crew_"])[1] + 1
    check(crew < 5000)
    return "1 thread" if crew == 1 else "%d threads" % crew


PRINTERS = {
    "Tensor": tensor_text,
    "Shape": shape_of,
    "Site": site_text,
    "Op": lambda value: "%s: %s" % (c_text(value["name"]), rule_text(value)),
    "Node": node_text,
    "Var": var_text,
    "Parameter": parameter_text,
    "Tape": tape_text,
    "Snapshot": snapshot_text,
    "Workers": workers_text,
}
