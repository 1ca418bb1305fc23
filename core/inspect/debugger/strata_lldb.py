"""Strata in lldb: tensors, vars, nodes and parameters print as tables.

    lldb -o 'command script import core/inspect/debugger/strata_lldb.py' -- build/debug/strata step sparse --once

Summaries alone; the commands are gdb's (strata_gdb.py)."""

import os
import sys

import lldb

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
writes_bytecode, sys.dont_write_bytecode = sys.dont_write_bytecode, True  # the source folder stays clean
import strata_memory
from strata_printers import PRINTERS, UNINITIALISED

sys.dont_write_bytecode = writes_bytecode

# What libc++ calls the members of libstdc++; its vector has no _M_impl around them.
LIBCXX = {"_M_start": "__begin_", "_M_finish": "__end_", "_M_end_of_storage": "__end_", "_M_elems": "__elems_"}


class Value:
    """lldb's value, used like one of gdb."""

    def __init__(self, value):
        self.raw = value.GetNonSyntheticValue()

    def __getitem__(self, key):
        if isinstance(key, int):
            return Value(self.raw.GetChildAtIndex(key))
        found = self.raw.GetChildMemberWithName(key)
        if not found.IsValid() and key in LIBCXX:
            found = self.raw.GetChildMemberWithName(LIBCXX[key])
        if not found.IsValid() and key == "_M_impl":
            return self
        strata_memory.check(found.IsValid())
        return Value(found)

    def __int__(self):
        strata_memory.check(self.raw.GetError().Success())
        return self.raw.GetValueAsSigned()

    def dereference(self):
        return Value(self.raw.Dereference())

    @property
    def address(self):
        return self.raw.GetLoadAddress()


class Program:
    """What strata_memory asks of a debugger, by lldb."""

    def __init__(self, process):
        self.process = process

    def read_memory(self, address, size):
        error = lldb.SBError()
        memory = self.process.ReadMemory(address, size, error)
        strata_memory.check(error.Success() and memory is not None)
        return memory

    def pointee_size(self, pointer):
        return pointer.raw.GetType().GetPointeeType().GetByteSize()

    def object_at(self, address, pointer):
        return Value(pointer.raw.CreateValueFromAddress("there", address, pointer.raw.GetType().GetPointeeType()))

    def array_length(self, array):
        return array.raw.GetNumChildren()

    def text_of(self, string):
        return (string.raw.GetSummary() or '""').strip('"')


def summary(text):
    def safe(value, _):
        try:
            strata_memory.program = Program(value.GetProcess())
            return text(Value(value))
        except Exception:  # memory that is no such object; a summary must never fail
            return UNINITIALISED

    return safe


def __lldb_init_module(debugger, _):
    for name, text in PRINTERS.items():
        globals()[name] = summary(text)
        debugger.HandleCommand("type summary add -F %s.%s strata::%s" % (__name__, name, name))
