"""Reads Strata's objects from the memory of the program that a debugger looks at (written for libstdc++). A value of the
program is gdb's: value["member"], array[0], int(value), pointer.dereference(); strata_lldb makes lldb's values like it."""

import array
import math

from strata_table import Uninitialised, check, checked_lengths, heading, product, shape_text, tensor_lines

TROUBLE = (Uninitialised, ValueError, OverflowError, RuntimeError, UnicodeError)  # gdb's errors are RuntimeErrors

program = None  # what gdb and lldb do differently: Program in strata_gdb and strata_lldb


def read_memory(address, size):
    return program.read_memory(address, size)


def vector_memory(vector):
    """Address, number of elements, and size of one element of a std::vector."""
    impl = vector["_M_impl"]
    begin, end, limit = (int(impl[name]) for name in ("_M_start", "_M_finish", "_M_end_of_storage"))
    size = program.pointee_size(impl["_M_start"])
    check(0 <= begin <= end <= limit < 1 << 56 and (end - begin) % size == 0 and (begin > 0 or limit == 0))
    return begin, (end - begin) // size, size


def numbers_at(address, count, item_size, kind=None):
    numbers = array.array(kind or {8: "d", 4: "f"}[item_size])
    if count > 0:
        numbers.frombytes(bytes(read_memory(address, count * item_size)))
    return numbers


def numbers_of_vector(vector, kind=None):
    """A std::vector of numbers: all of them. `kind` is the letter of Python's array; without one they are Reals."""
    begin, count, size = vector_memory(vector)
    check(count <= 1 << 24)
    return numbers_at(begin, count, size, kind)


def c_text(pointer):
    """A short text that ends in a zero; the next page need not be there."""
    address = int(pointer)
    check(address != 0)
    read = b""
    while b"\0" not in read:
        check(len(read) < 1000)
        place = address + len(read)
        read += bytes(read_memory(place, min(256, 4096 - place % 4096)))
    return read.split(b"\0")[0].decode("utf-8", "replace")


def lengths_of(shape):
    places = shape["lengths"]["_M_elems"]
    return checked_lengths(int(shape["rank"]), [int(places[i]) for i in range(4)])


class Tensor:
    """The shape and where the numbers lie. Raises Uninitialised for what cannot be a tensor."""

    def __init__(self, value):
        self.lengths = lengths_of(value["shape"])
        self.address, self.count, self.item_size = vector_memory(value["values"])
        expected = product(self.lengths) if self.lengths else 0
        self.moved_from = self.count == 0 and expected > 0
        check(self.moved_from or self.count == expected)
        if self.count:  # the end is there as well as the beginning
            read_memory(self.address, self.item_size)
            read_memory(self.address + (self.count - 1) * self.item_size, self.item_size)

    def read(self, begin, count):
        return numbers_at(self.address + begin * self.item_size, count, self.item_size)

    def shape_text(self):
        return shape_text(self.lengths) + (", its numbers moved away" if self.moved_from else "")

    def heading(self):
        return self.shape_text() if self.count == 0 else heading(self.lengths, self.read)

    def lines(self):
        return [] if self.count == 0 else tensor_lines(self.lengths, self.read)

    def place(self, entry):
        """[1,2] of entry 6 in a 3×4."""
        indices = []
        for length in reversed(self.lengths):
            indices.append(str(entry % length))
            entry //= length
        return "[%s]" % ",".join(reversed(indices))

    def all_finite(self):
        numbers = self.read(0, self.count)
        return math.isfinite(sum(numbers)) or all(map(math.isfinite, numbers))  # a sum may overflow

    def range_text(self):
        """Where the finite entries lie, and how many are not finite."""
        numbers = self.read(0, self.count)
        finite = [x for x in numbers if math.isfinite(x)]
        if not finite:
            return "has no finite entry"
        bad = len(numbers) - len(finite)
        return "goes from %.6g to %.6g" % (min(finite), max(finite)) + (", %d not finite" % bad if bad else "")

    def first_bad(self):
        """Place and number of the first entry that is not finite, and how many there are."""
        numbers = self.read(0, self.count)
        bad = [k for k, x in enumerate(numbers) if not math.isfinite(x)]
        return self.place(bad[0]), numbers[bad[0]], len(bad)


class Node:
    def __init__(self, value):
        self.raw = value
        self.op = value["op"].dereference()
        self.op_name = c_text(self.op["name"])
        self.inputs = list(numbers_of_vector(value["inputs"], "i"))
        self.is_parameter = int(value["parameter"]) != 0
        self.name = program.text_of(value["name"])
        self.wants_grad = int(value["wants_grad"]) == 1
        self.reached = int(value["reached"]) == 1
        check(int(value["wants_grad"]) in (0, 1) and int(value["reached"]) in (0, 1))

    def tensors(self):
        """The object that holds value and gradient: the node, or the parameter it borrows them from."""
        return self.raw["parameter"].dereference() if self.is_parameter else self.raw

    def value(self):
        return Tensor(self.tensors()["value"])

    def grad(self):
        return Tensor(self.tensors()["grad"])

    def rule(self):
        return rule_text(self.op)

    def made_at(self):
        return site_text(self.raw["made_at"])

    def written_at(self):
        return site_text(self.op["written_at"])

    def title(self):
        """sigmoid of 5×4; input X of 5×6"""
        return "%s%s of %s" % (self.op_name, " " + self.name if self.name else "", self.value().shape_text())


def rule_text(op):
    """An operation's formula and its gradients: Y = X²;  dX += 2 dY ⊙ X"""
    lines = [op["gradients"][k] for k in range(program.array_length(op["gradients"]))]
    gradients = ",  ".join(c_text(line) for line in lines if int(line) != 0)
    return c_text(op["formula"]) + (";  " + gradients if gradients else "")


def site_text(site):
    return "%s:%d" % (c_text(site["file"]), int(site["line"]))


class Tape:
    """The nodes of a tape, by number. A std::deque is a map of pointers to buffers of a few elements each."""

    def __init__(self, value):
        self.raw = value
        self.address = int(value.address)
        impl = value["nodes"]["_M_impl"]
        self.node_pointer = impl["_M_start"]["_M_cur"]
        size = program.pointee_size(self.node_pointer)
        per_buffer = max(1, 512 // size)
        start, finish = impl["_M_start"], impl["_M_finish"]
        first, last = int(start["_M_node"]), int(finish["_M_node"])
        begin_map = int(impl["_M_map"])
        end_map = begin_map + 8 * int(impl["_M_map_size"])
        check(0 < begin_map <= first <= last < end_map <= begin_map + (1 << 31))
        buffers = numbers_at(first, (last - first) // 8 + 1, 8, "Q")
        in_first = int(start["_M_cur"]) - buffers[0]
        in_last = int(finish["_M_cur"]) - buffers[-1]
        check(0 <= in_first < 512 + size and in_first % size == 0)
        check(0 <= in_last < 512 + size and in_last % size == 0)
        count = (len(buffers) - 1) * per_buffer + (in_last - in_first) // size
        check(count >= 0)
        places = [buffer + k * size for buffer in buffers for k in range(per_buffer)]
        skipped = in_first // size
        self.addresses = places[skipped : skipped + count]
        if count:
            self.node(count - 1)

    def __len__(self):
        return len(self.addresses)

    def node(self, index):
        return Node(program.object_at(self.addresses[index], self.node_pointer))

    def total(self):
        return int(self.raw["total"])

    def terms(self):
        """Name and node of each term of the objective."""
        begin, count, size = vector_memory(self.raw["terms"])
        pointer = self.raw["terms"]["_M_impl"]["_M_start"]
        terms = [program.object_at(begin + k * size, pointer) for k in range(min(count, 100))]
        return [(program.text_of(term["name"]), int(term["node"])) for term in terms]

    def parameter_names(self):
        """W1, b1, W2 … of parameters, by node, as short_name in core/autodiff/names.cpp."""
        names, counts = {}, {"W": 0, "b": 0, "Wx": 0, "Wh": 0}
        for index in range(len(self)):
            node = self.node(index)
            if not node.is_parameter:
                continue
            kind = node.name.rsplit(".", 1)[-1]
            if kind in counts:
                counts[kind] += 1
            names[index] = kind + str(counts[kind]) if kind in counts else node.name
        return names

    def describe(self, index):
        """node 7, log of 3×4, made at net.cpp:31"""
        node = self.node(index)
        return "node %d, %s, made at %s" % (index, node.title(), node.made_at())
