"""Where the program stands: the tape of the frame, the node whose rule runs, and calls into the program."""

import contextlib

import gdb

import strata_memory
from strata_memory import TROUBLE, Tape
from strata_table import Uninitialised

LOOPS = {"strata::Tape::run_forward": ("forward", "index"), "strata::Tape::run_backward": ("backward", "i")}


class Command(gdb.Command):
    """A command whose troubles are one line, never a traceback."""

    kind = gdb.COMMAND_DATA

    def __init__(self):
        super().__init__(self.name, self.kind)

    def invoke(self, argument, from_tty):
        try:
            self.run(argument.strip())
        except Uninitialised:
            raise gdb.GdbError(self.name + ": what is there is not initialised yet, or no longer")
        except (gdb.error, RuntimeError, ValueError, OverflowError) as error:
            raise gdb.GdbError("%s: %s" % (self.name, error))


def check_alive():
    if gdb.selected_thread() is None:
        raise gdb.GdbError("the program does not run, not yet or no longer: set a breakpoint (break-op sigmoid), then type run")


def frames(frame):
    """From this one up to main."""
    while frame is not None:
        yield frame
        frame = frame.older()


def symbols(frame):
    """The variables that a frame sees and that have been made by now, innermost first."""
    try:
        block = frame.block()
    except RuntimeError:  # no debug information there
        return
    line = frame.find_sal().line
    while block is not None:
        for symbol in block:
            if symbol.is_argument or (symbol.is_variable and symbol.line <= line):
                yield symbol
        if block.function is not None:
            return
        block = block.superblock


def without_reference(value):
    while value.type.strip_typedefs().code in (gdb.TYPE_CODE_REF, gdb.TYPE_CODE_RVALUE_REF, gdb.TYPE_CODE_PTR):
        value = value.referenced_value()
    return value


def class_name(symbol):
    kind = symbol.type.strip_typedefs()
    for _ in range(2):
        if kind.code in (gdb.TYPE_CODE_REF, gdb.TYPE_CODE_RVALUE_REF, gdb.TYPE_CODE_PTR):
            kind = kind.target().strip_typedefs()
    return str(kind.unqualified())


def tapes_of(frame):
    found = list(symbols(frame))
    for symbol in found:
        if class_name(symbol) == "strata::Tape":
            yield lambda symbol=symbol: without_reference(symbol.value(frame))
    for symbol in found:
        if class_name(symbol) == "strata::Var":
            yield lambda symbol=symbol: without_reference(symbol.value(frame))["tape"].dereference()
        if class_name(symbol) == "strata::Objective":
            yield lambda symbol=symbol: without_reference(symbol.value(frame))["total"]["tape"].dereference()


def find_tape():
    """The nearest tape: of the frame (tape, this, or that of a Var), or of the frames above it."""
    check_alive()
    for frame in frames(gdb.selected_frame()):
        for value in tapes_of(frame):
            try:
                return Tape(value())
            except TROUBLE:  # not made yet, or optimised away
                continue
    raise gdb.GdbError("there is no tape in this frame, nor in those that called it (backtrace lists them)")


class Visit:
    """The rule that is about to run, runs, or has just run: which pass, which tape, which node."""

    def __init__(self, frame):
        self.direction, variable = LOOPS[frame.name()]
        self.tape = Tape(frame.read_var("this").dereference())
        self.index = int(frame.read_var(variable))
        self.node = self.tape.node(self.index)
        self.frame = frame


def visit_under_way():
    """None outside of the passes."""
    try:
        for frame in frames(gdb.newest_frame()):
            if frame.name() in LOOPS:
                return Visit(frame)
    except TROUBLE:
        pass
    return None


def find_parameter(tape, name):
    """The node of W1 or encoder.0.W."""
    names = tape.parameter_names()
    for index, short in names.items():
        if name in (short, tape.node(index).name):
            return index
    raise gdb.GdbError("there is no parameter '%s' on this tape (%s)" % (name, ", ".join(names.values()) or "it has none"))


def find_node(argument, tape):
    """A node's number, a parameter's name, or nothing: the node whose rule runs."""
    if not argument:
        visit = visit_under_way()
        if visit is None or visit.tape.address != tape.address:
            raise gdb.GdbError("which node? (no rule is running; tape lists the nodes)")
        return visit.index
    try:
        index = int(gdb.parse_and_eval(argument)) if not argument[0].isalpha() else find_parameter(tape, argument)
    except gdb.error as error:
        raise gdb.GdbError("%s: %s" % (argument, error))
    if not 0 <= index < len(tape):
        raise gdb.GdbError("there is no node %d: this tape has %d nodes, counted from 0" % (index, len(tape)))
    return index


def is_or_derives(kind, name):
    kind = kind.strip_typedefs().unqualified()
    return str(kind) == name or any(is_or_derives(f.type, name) for f in kind.fields() if f.is_base_class)


def find_journal(tape):
    """The Journal that watches this tape."""
    try:
        observer = tape.raw["observer"]
        kind = observer.dynamic_type
        if int(observer) != 0 and is_or_derives(kind.target(), "strata::Journal"):
            return observer.cast(kind).dereference().cast(gdb.lookup_type("strata::Journal"))
    except TROUBLE:
        pass
    raise gdb.GdbError("no journal is written here: let a strata::Journal watch the tape (tape.observer = &journal), "
                       "as `strata step KIND --once` does")


@contextlib.contextmanager
def breakpoints_off():
    """The user's breakpoints, while the program is called: they are not meant for that."""
    switched = [b for b in gdb.breakpoints() if b.enabled]
    for breakpoint in switched:
        breakpoint.enabled = False
    try:
        yield
    finally:
        for breakpoint in switched:
            breakpoint.enabled = True


def first_line(error):
    return str(error).split("\n")[0]


def call(function, tape, argument=None):
    """The text that a function of core/inspect/debugger/debugger.hpp returns."""
    more = "" if argument is None else ', "%s"' % argument
    expression = "strata::debugger::%s(*(strata::Tape *)%d%s)" % (function, tape.address, more)
    try:
        with breakpoints_off(), gdb.with_parameter("unwindonsignal", True):
            text = strata_memory.program.text_of(gdb.parse_and_eval(expression))
    except TROUBLE as error:
        raise gdb.GdbError("%s cannot be called (is this the debug build, and does it run?): %s" % (function, first_line(error)))
    if text.startswith("error: "):
        raise gdb.GdbError(text[len("error: "):])
    return text
