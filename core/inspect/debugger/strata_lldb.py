"""Strata in lldb: tensors, vars, nodes and parameters print as tables.

    lldb -o 'command script import core/inspect/debugger/strata_lldb.py' -- build/debug/strata step sparse --once

Summaries alone; the commands are gdb's (strata_gdb.py)."""

import array
import os
import sys

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
writes_bytecode, sys.dont_write_bytecode = sys.dont_write_bytecode, True  # the source folder stays clean
from strata_table import Uninitialised, check, checked_lengths, heading, product, tensor_lines

sys.dont_write_bytecode = writes_bytecode

UNINITIALISED = "<uninitialised>"


def raw(value):
    return value.GetNonSyntheticValue()


def member(value, *names):
    """The member of that name, of a base class too; the first of the names that is there."""
    value = raw(value)
    for name in names:
        found = value.GetChildMemberWithName(name)
        if found.IsValid():
            return found
    raise Uninitialised()


def number_of(value):
    check(value.IsValid() and value.GetError().Success())
    return value.GetValueAsUnsigned()


def lengths_of(shape):
    places = member(member(shape, "lengths"), "_M_elems", "__elems_")
    return checked_lengths(number_of(member(shape, "rank")), [number_of(places.GetChildAtIndex(i)) for i in range(4)])


def vector_memory(vector):
    """Address, number of elements, and size of one element of a std::vector, of libstdc++ or libc++."""
    try:
        impl = member(vector, "_M_impl")
    except Uninitialised:
        impl = vector
    begin, end = member(impl, "_M_start", "__begin_"), member(impl, "_M_finish", "__end_")
    size = begin.GetType().GetPointeeType().GetByteSize()
    first, last = number_of(begin), number_of(end)
    check(size > 0 and first <= last < 1 << 56 and (last - first) % size == 0)
    return first, (last - first) // size, size


def reader(value, address, item_size):
    import lldb

    process = value.GetProcess()

    def read(begin, count):
        error = lldb.SBError()
        memory = process.ReadMemory(address + begin * item_size, count * item_size, error)
        check(error.Success() and memory is not None)
        return array.array({8: "d", 4: "f"}[item_size], memory)

    return read


def tensor_text(value):
    lengths = lengths_of(member(value, "shape"))
    address, count, item_size = vector_memory(member(value, "values"))
    if count == 0 and product(lengths) > 0 and lengths:
        return heading(lengths, lambda begin, n: [0] * n).split(":")[0] + ", its numbers moved away"
    check(count == (product(lengths) if lengths else 0) and item_size in (4, 8))
    read = reader(value, address, item_size)
    if count == 0:
        return heading(lengths, read)
    read(count - 1, 1)  # the end is there as well as the beginning
    return heading(lengths, read) + "".join("\n  " + line for line in tensor_lines(lengths, read))


def text_of(value):
    return (value.GetSummary() or '""').strip('"')


def parameter_text(value):
    decays = number_of(member(value, "decays"))
    check(decays in (0, 1))
    head = "%s, %s" % (text_of(member(value, "name")) or "no name", "decays" if decays else "does not decay")
    return head + "\nvalue " + tensor_text(member(value, "value")) + "\ngradient " + tensor_text(member(value, "grad"))


def tensors_of(node):
    """The object that holds value and gradient: the node, or the parameter it borrows them from."""
    parameter = member(node, "parameter")
    return parameter.Dereference() if number_of(parameter) else node


def node_name(node):
    """sigmoid; input X"""
    op, own = text_of(member(member(node, "op").Dereference(), "name")), text_of(member(node, "name"))
    return "%s %s" % (op, own) if own else op


def node_text(value):
    tensors = tensors_of(value)
    text = "%s\nvalue %s" % (node_name(value), tensor_text(member(tensors, "value")))
    if number_of(member(value, "reached")) != 1:
        return text
    return text + "\ngradient " + tensor_text(member(tensors, "grad"))


def node_of(tape, index):
    """libstdc++'s deque: a map of pointers to buffers of a few elements each."""
    impl = member(member(tape, "nodes"), "_M_impl")
    start = member(impl, "_M_start")
    current = member(start, "_M_cur")
    kind = current.GetType().GetPointeeType()
    size = kind.GetByteSize()
    per_buffer = max(1, 512 // size)
    place = (number_of(current) - number_of(member(start, "_M_first"))) // size + index
    slot = number_of(member(start, "_M_node")) + 8 * (place // per_buffer)
    import lldb

    error = lldb.SBError()
    buffer = tape.GetProcess().ReadPointerFromMemory(slot, error)
    check(error.Success())
    return tape.CreateValueFromAddress("node", buffer + place % per_buffer * size, kind)


def var_text(value):
    tape, index = member(value, "tape"), member(value, "index").GetValueAsSigned()
    if number_of(tape) == 0 and index == -1:
        return "of no tape"
    check(index >= 0 and number_of(tape) > 0)
    node = node_of(tape.Dereference(), index)
    return "node %d, %s of %s" % (index, node_name(node), tensor_text(member(tensors_of(node), "value")))


def summary(text):
    def safe(value, _):
        try:
            return text(value)
        except Exception:  # memory that is no such object; a summary must never fail
            return UNINITIALISED

    return safe


Tensor, Var, Node, Parameter = map(summary, (tensor_text, var_text, node_text, parameter_text))


def Shape(value, _):
    return summary(lambda v: heading(lengths_of(v), lambda begin, n: [0]).split(":")[0])(value, _)


def __lldb_init_module(debugger, _):
    for name in ("Tensor", "Var", "Node", "Parameter", "Shape"):
        debugger.HandleCommand("type summary add -F %s.%s strata::%s" % (__name__, name, name))
