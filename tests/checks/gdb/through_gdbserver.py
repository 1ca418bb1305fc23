"""For a gdb that may not write a program's registers itself (gdb 13 on processors with AMX: "Couldn't write extended state
status"): `run` goes through gdbserver, which may. Capture leaves out what only this way prints."""

import gdb


class Run(gdb.Command):
    def __init__(self):
        super().__init__("run", gdb.COMMAND_RUNNING)

    def invoke(self, _argument, _from_tty):
        program = gdb.current_progspace().filename
        gdb.execute("target remote | gdbserver --once - %s %s" % (program, gdb.parameter("args") or ""), to_string=True)
        gdb.execute("continue")


gdb.execute("set sysroot /")
Run()
