"""Strata in gdb: printers for its types and commands that know tapes. `make gdb` loads it; by hand:

    gdb -x core/inspect/debugger/strata_gdb.py --args build/debug/strata step sparse --once

The files beside it: strata_table (text), strata_memory (reading), strata_where (the nearest tape, calls), strata_printers,
strata_stops (breakpoints), strata_commands."""

import os
import sys

import gdb
import gdb.printing

HERE = os.path.dirname(os.path.abspath(__file__))
writes_bytecode, sys.dont_write_bytecode = sys.dont_write_bytecode, True  # the source folder stays clean
sys.path.insert(0, HERE)
try:
    import strata_commands
    import strata_memory
    import strata_stops
    from strata_printers import PRINTERS, UNINITIALISED
finally:
    sys.path.remove(HERE)
    sys.dont_write_bytecode = writes_bytecode

class Program:
    """What strata_memory asks of a debugger, by gdb."""

    def read_memory(self, address, size):
        return gdb.selected_inferior().read_memory(address, size)

    def pointee_size(self, pointer):
        return pointer.type.strip_typedefs().target().sizeof

    def object_at(self, address, pointer):
        """What lies there, of the type that this pointer points to."""
        return gdb.Value(address).cast(pointer.type).dereference()

    def array_length(self, array):
        return array.type.range()[1] + 1

    def text_of(self, string):
        """A std::string."""
        size = int(string["_M_string_length"])
        strata_memory.check(size <= 1 << 20)
        memory = self.read_memory(int(string["_M_dataplus"]["_M_p"]), size) if size else b""
        return bytes(memory).decode("utf-8", "replace")


class Printer:
    def __init__(self, value, text):
        self.value = value
        self.text = text

    def to_string(self):
        try:
            text = self.text(self.value)
        except strata_memory.TROUBLE:
            return UNINITIALISED
        in_backtrace = gdb.print_options().get("summary", False)
        return text.split("\n", 1)[0] if in_backtrace else text


def register_printers():
    printers = gdb.printing.RegexpCollectionPrettyPrinter("strata")
    for name, text in PRINTERS.items():
        printers.add_printer(name, "^strata::%s$" % name, lambda value, text=text: Printer(value, text))
    gdb.printing.register_pretty_printer(None, printers, replace=True)


# What `step` does not enter: the standard library, the C library below it, the journal that watches, and accessors.
SKIPPED = [
    "-gfile /usr/include/c++/*/*",
    "-gfile /usr/include/c++/*/bits/*",
    "-gfile /usr/include/c++/*/ext/*",
    "-gfile /usr/include/*/c++/*/*",
    "-gfile /usr/include/*/c++/*/bits/*",
    "-gfile /usr/lib/llvm-*/include/c++/v1/*",
    "-gfile core/inspect/journal.cpp",
    "-rfunction ^(__|std::)",
    "-rfunction ^strata::Tape::(value|grad|input_value|input_grad|input_wants_grad|size)[(]",
    "-rfunction ^strata::Tensor::(operator.*|size|empty|rank|rows|cols|row)[(]",
    "-rfunction ^strata::Shape::(operator|size)",
    "-rfunction ^strata::Site::here[(]",
    "-rfunction ^strata::Var::(value|grad|shape|node)[(]",
    "-rfunction ^strata::Workers::threads[(]",
]


class Strata(gdb.Command):
    """Strata's commands. They find the tape by themselves: that of the frame, or of the frames that called it.

  tape [FIRST LAST]         the nodes of the tape; => marks the one whose rule runs
  node [N|W1]               one node: rule, operands, value, gradient
  node-origin [N|W1]        the source line that made it, as `list` shows it
  why W1 1 2                why this entry has its gradient: by term, by node, by example
  nan                       where the first number that is not finite comes from
  back, forth               through the journal: what each visit added, one visit at a time
  break-node N              stop before the rules of node N; `step` goes in
  break-op sigmoid          stop before each rule of an operation (… backward: in that pass alone)
  break-param W1            stop before each rule that adds to this parameter's gradient
  break-nan                 stop behind the rule that makes a NaN or an infinity
  print X                   tensors, vars, nodes and parameters print as tables
  $at(X, 1, 2), $node(8)    one entry, one node: print $at($node(8).grad, 1, 2)

help COMMAND says more. `step` does not enter the standard library, the journal or accessors (info skip)."""

    def __init__(self, name):
        super().__init__(name, gdb.COMMAND_USER)

    def invoke(self, argument, from_tty):
        gdb.write(Strata.__doc__ + "\n")


def load():
    if "strata::Tape::" not in gdb.execute("info skip", to_string=True):
        for what in SKIPPED:
            gdb.execute("skip " + what, to_string=True)
    strata_memory.program = Program()
    register_printers()
    strata_commands.register()
    strata_stops.register()
    Strata("strata")
    Strata("strata-help")


load()
