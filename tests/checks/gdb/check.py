"""Runs inside gdb (tests/checks/gdb_printers.sh): the printers on everything odd, the commands and their complaints, how many
steps lead into a rule. Counts what it checks like doctest does."""

import os
import re
import sys
import time

import gdb

sys.path.insert(0, "tests/checks/gdb")
from capture import Capture

OUT, PROGRAM = os.environ["STRATA_OUT"], os.environ["STRATA_GDB_PROGRAM"]
IS_FLOAT = OUT.endswith("float")
do = Capture(OUT + "/gdb/commands.log")
results = []


def check(condition, what, seen=""):
    results.append(bool(condition))
    if not condition:
        print("FAILED: %s\n%s" % (what, seen))


def expect(command, *patterns):
    seen = do(command)
    check("Traceback" not in seen and "Python Exception" not in seen, command + " shows Python's trouble", seen)
    for pattern in patterns:
        check(re.search(pattern, seen, re.S), "%s: expected %s" % (command, pattern), seen)
    return seen


def program(words, stop="look_at"):
    do("delete")
    do("file " + PROGRAM)
    do("set args " + words)
    if stop:
        do("break " + stop)
        do("run")
        do("up")


def strata(words):
    do("kill")
    do("delete")
    do("file " + OUT + "/strata")
    do("set args step %s --once" % words)


# ---- printers


def shapes():
    program("shapes")
    expect("print vector", r"^\$\d+ = 3\n +0 +1 +2\n +0 +1 +2\n$")
    expect("print matrix", r"= 2×3\n +0 +1 +2\n +0 +0 +1 +2\n +1 +3 +4 +5\n$")
    expect("print images", r"= 3×2×2×2\n  \[0,0,:,:\]\n", r"\[0,1,:,:\]\n +0 +1\n +0 +4 +5\n +1 +6 +7\n  … 4 more of these")
    expect("print cube", r"= 2×1×4\n  \[0,:,:\]\n", r"\[1,:,:\]\n +0 +1 +2 +3\n +0 +4 +5 +6 +7\n$")
    expect("print one", r"= 1: 0.5\n$")
    expect("print nothing", r"= empty\n$")
    expect("print no_rows", r"= 0×4\n$")
    expect("print odd", r"= 1×3\n.*\n +0 +nan +-inf +-1e-30\n$")
    expect("print giver", r"= 2×2, its numbers moved away\n$")
    expect("print shape", r"= 4×5\n$")
    expect("print of_no_tape", r"= of no tape\n$")
    expect("print unnamed", r"= no name, does not decay\nvalue empty\ngradient empty\n$")
    expect("print W", r"= encoder.0.W, decays\nvalue 2×2\n.*gradient 2×2\n")
    expect("print workers", r"= 1 thread\n$")
    expect("print $at(matrix, 1, 2)", r"= 5\n$")
    expect("print $at(vector, 1)", r"= 1\n$")
    expect("print $at(images, 2, 1, 0, 1)", r"= 21\n$")
    expect("print $at(W.value, 1, 0) + 1", r"= 3\n$")
    expect("print $at(matrix, 2, 0)", "it is 2×3, counted from 0")
    expect("print $at(matrix, 1)", "it is 2×3")
    expect("print $at(of_no_tape, 0)", "is no tensor")
    expect("info locals", "matrix = 2×3\n")
    import strata_memory

    read_memory, bytes_read = strata_memory.read_memory, []
    strata_memory.read_memory = lambda address, size: bytes_read.append(size) or read_memory(address, size)
    expect("print huge", r"\n +1 +1000 +1001 .*\n +9 +9000 +9001 +9002 .*… 990 more rows, 992 more columns\n$")
    for name in ("huge", "long_vector"):
        start = time.time()
        seen = do("print " + name)
        seconds = time.time() - start
        check(sum(bytes_read) < 4000, "only what is shown is read", str(sum(bytes_read)))
        print("print %s: %.0f ms, %d lines" % (name, 1000 * seconds, seen.count("\n")))
        check(seconds < 1 and seen.count("\n") <= 24 and "more columns" in seen, "a million entries: fast, one screen", seen)
        check(max(map(len, seen.split("\n"))) <= 100, "no wide lines", seen)
    strata_memory.read_memory = read_memory
    item = int(gdb.parse_and_eval("sizeof(strata::Real)"))
    check(item == (4 if IS_FLOAT else 8), "the build's Real")


def garbage():
    program("garbage")
    for name in ("ones", "zeros", "odd", "rank5", "wrong_size", "wrong_pointer", "huge_shape"):
        start = time.time()
        expect("print *(strata::Tensor*)&" + name, r"= <uninitialised>\n$")
        check(time.time() - start < 0.2, "no long read: " + name)
    for name, kind in (("var_ones", "Var"), ("var_odd", "Var"), ("node_ones", "Node"), ("node_zeros", "Node"),
                       ("parameter_ones", "Parameter"), ("parameter_odd", "Parameter"), ("tape_ones", "Tape"),
                       ("tape_odd", "Tape"), ("ones", "Shape"), ("ones", "Site"), ("zeros", "Site"), ("ones", "Op")):
        expect("print *(strata::%s*)&%s" % (kind, name), r"= <uninitialised>\n$")
    expect("print *(strata::Snapshot*)&node_ones", r"= <uninitialised>\n$")
    expect("tape", "there is no tape in this frame")
    do("tbreak garbage")
    do("run")
    expect("info locals", "good = ")  # whatever is on the stack before the first line
    program("two_lives", "one_life")
    do("continue")  # in the second life what the first one left is on the stack
    expect("tape", "there is no tape in this frame")
    do("next 3")
    expect("tape", "0 variable +2")


# ---- the first number that is not finite


def non_finite():
    program("forward_nan", None)
    do("break-nan")
    start = time.time()
    seen = do("run")
    print("break-nan on 300 nodes: %.1f s" % (time.time() - start))
    check(re.search(r"node 153, log of 4×3, made at .*program.cpp:\d+: its forward rule made its value not finite", seen),
          "stops at the logarithm", seen)
    check(re.search(r"its operand node 152, tanh of 4×3, goes from -0\.\d+ to -0\.\d+", seen), "the operand's range", seen)
    expect("nan", r"the first value that is not finite is .*node 153, log")
    expect("tape", r"=>  153 log")
    expect("why W 0 0", "the forward pass is not finished")
    check("exited normally" in do("continue"), "what passes the NaN on does not stop")

    do("set args backward_inf")
    seen = do("run")
    check(re.search(r"node 102, sqrt .*: its backward rule made the gradient of node 101, scale of 2×2, not finite: \[0,0\] is inf",
                    seen), "stops at the root", seen)
    check("its upstream gradient goes from 1 to 1" in seen, "the upstream gradient's range", seen)
    expect("nan", r"the first gradient that is not is .*node 101, scale", "the rule of node 102, sqrt")
    check("exited normally" in do("continue"), "what passes the infinity on does not stop")

    do("set args data_nan")
    seen = do("run")
    check(re.search(r"node 2, matmul.*its operand node 0, input X of 2×2, goes from 1 to 1, 1 not finite", seen, re.S), "data", seen)
    check("exited normally" in do("continue"), "once is enough")


def large():
    program("large_pass")
    for command in ("tape", "node 1", "back", "print X"):
        start = time.time()
        seen = expect(command, "1000×1000")
        check(time.time() - start < 1 and seen.count("\n") < 50, command + " is fast and short", seen)
    expect("back", "a sample of 64 entries")
    program("many_nodes")
    start = time.time()
    expect("tape", "nodes 0 to 39 of 2002")
    expect("tape 1990", r"2001 sum")
    expect("node 1500", "from  node 1499", "used by node 1501\n")
    print("three looks at a tape of 2002 nodes: %.1f s" % (time.time() - start))
    expect("back", "no journal is written here")


# ---- commands, and what they say where they cannot


def complaints():
    strata("sparse")
    for command in ("tape", "node", "node 3", "node-origin 3", "why W1 0 0", "nan", "back", "forth"):
        expect(command, "^the program does not run")
    expect("break-op sigmod", "did you mean sigmoid")
    expect("break-op nothing_like_it", "there is no operation 'nothing_like_it' .*affine")
    check("affine" in do("complete break-op aff"), "names are completed")
    expect("break-op sigmoid sideways", "forward or backward")
    expect("break-node", "which node")
    expect("break-node x", "which node")
    expect("break-param", "which parameter")
    expect("help strata", "break-nan")
    expect("strata-help", "break-nan")
    do("break main")
    do("run")
    expect("tape", "there is no tape in this frame, nor in those that called it")
    do("break strata::Tape::record")
    do("continue")
    expect("why W1 0 0", "the forward pass is not finished")


def commands():
    strata("sparse")
    do("break-node 8 backward")
    do("run")
    expect("tape", r"=> +8 sigmoid +5×6 +7 +complete", r"objective: node \d+ = reconstruction .* \+ sparsity")
    expect("node", "^node 8, sigmoid of 5×6, made at ", "rule  Y = σ", "from  node 7, affine", "gradient 5×6\n")
    expect("node 3", "node 3, affine", "gradient: not reached")
    expect("node W1", "node 1, parameter encoder.0.W of 6×4")
    expect("node encoder.0.W", "node 1, parameter encoder.0.W of 6×4")
    do("up 2")
    expect("tape", r"=> +8 sigmoid")  # from further up, too
    do("frame 0")
    expect("node 99", "there is no node 99: this tape has 18 nodes")
    expect("print $node(8)", "= sigmoid of 5×6, made at ")
    expect("print $at($node(8).grad, 0, 1) == $node(8).grad.values._M_impl._M_start[1]", "= true")
    expect('print $node("b1").parameter->name', 'encoder.0.b')
    expect("print $node(18)", "there is no node 18")
    expect("node W7", r"there is no parameter 'W7' .*\(W1, b1, W2, b2\)")
    expect("node-origin 3", "node 3, affine .* made at layers/dense.cpp", r"affine\(")
    for wrong in ("why", "why W1", "why W1 1", "why W9 1 2", "why W1 6 0", "why b1 1 2", 'why W1"; 1 2', "why W1 -1 2"):
        expect(wrong, r"^[^\n]+\n$")
    expect("break-param W9", "there is no parameter 'W9'")
    expect("tape 500", "this tape has 18 nodes")
    expect("tape x", "node numbers")
    expect("forth", "this is now")
    first = expect("back", r"^visit (\d+) of \1, backward: node 9, half_mse", "before 5×6", "contribution 5×6", "after 5×6")
    count = int(re.search(r"visit (\d+) of", first)[1])
    for number in range(count - 1, 0, -1):
        expect("back", r"^visit %d of %d, " % (number, count))
    expect("back", "this is the first visit")
    expect("forth 2", r"^visit 3 of %d, " % count)
    expect("back 2", r"^visit 1 of %d, " % count)
    expect("back 0", "is no number of visits")
    for number in range(2, count + 1):
        expect("forth", r"^visit %d of %d, " % (number, count))
    check(do("forth").startswith("this is now"), "forth ends where it began")
    expect("step", "sigmoid_backward")
    expect("tape", "=> +8 sigmoid")
    expect("why W1[1,2]", r"^dW1\[1,2\] = ")
    seen = do("continue")
    check("exited normally" in seen, "no breakpoint is left to trip over", seen)
    expect("tape", "^the program does not run")
    do("delete")
    do("break-node 5")
    check("node 5, parameter decoder.0.W of 4×6, made at" in do("run"), "a leaf, when its gradient is complete")


def state():
    """A call in the middle of a rule, with breakpoints, a watchpoint and a catchpoint in its way, leaves every bit."""
    strata("sparse")
    do("break-node 3 backward")
    do("run")
    do("step")
    for _ in range(4):
        do("next")
    do("break-op affine")
    do("break strata::add_row_sums")
    do("catch throw")
    do("watch tape.nodes[4].grad.values[0]")

    def bits():
        import strata_where

        tape, seen = strata_where.find_tape(), []
        for k in range(len(tape)):
            node = tape.node(k)
            if node.wants_grad:
                grad = node.grad()
                seen.append((grad.address, node.reached, grad.read(0, grad.count).tobytes()))
        return seen, int(tape.raw["observer"])

    enabled = [b.enabled for b in gdb.breakpoints()]
    place = (gdb.selected_frame().name(), gdb.selected_frame().find_sal().line)
    before = bits()
    why = do("why W1 1 2")
    check(why.startswith("dW1[1,2] ="), "why in the middle of a rule", why)
    nan = do("nan")
    check("finite" in nan, "nan in the middle of a rule", nan)
    expect("why W9 1 2", "no parameter 'W9'")  # an exception inside of the program
    check(bits() == before, "every gradient, its place, every flag and the observer")
    check([b.enabled for b in gdb.breakpoints()] == enabled, "breakpoints are on again")
    check((gdb.selected_frame().name(), gdb.selected_frame().find_sal().line) == place, "the same place")
    do("delete")
    asked = do("continue")
    check("exited normally" in asked, "the pass goes on", asked)


# ---- steps


def steps(words):
    """How many `step`s lead from the head of each loop into the rule; and no local of a rule is optimised out."""
    strata(words)
    counts = {"forward": {}, "backward": {}}
    source = "core/autodiff/tape.cpp"
    with open(source, encoding="utf-8") as file:
        lines = file.read().split("\n")
    heads = {}
    for direction, begin in (("forward", "Node& node = nodes[index];"), ("backward", "Node& node = nodes[i];")):
        start = next(k for k, line in enumerate(lines) if line.startswith("void Tape::run_" + direction))
        number = next(k for k in range(start, start + 20) if begin in lines[k]) + 1
        do("break %s:%d" % (source, number))
        heads["strata::Tape::run_" + direction] = number
    do("run")
    visited = 0
    while gdb.selected_thread() is not None and visited < 400:
        loop = gdb.selected_frame().name()
        line = gdb.selected_frame().find_sal().line
        if heads.get(loop) != line:  # back from a rule, in the middle of the loop
            do("continue")
            continue
        direction = loop.rsplit("_", 1)[1]
        taken = 0
        while taken < 30:
            do("step")
            taken += 1
            if gdb.selected_thread() is None:
                return counts
            name = gdb.selected_frame().name() or ""
            if direction == "backward" and name == loop and gdb.selected_frame().find_sal().line == line:
                taken = 0  # the next node of the loop
            if name.endswith("_" + direction) and name != loop:
                op = name.replace("strata::", "").replace("_" + direction, "")
                head = taken + (direction == "backward")  # from the line of the `for`, which is one further up
                counts[direction][op] = max(head, counts[direction].get(op, 0))
                break
            if not name.startswith("strata::Tape::run_"):
                break
        check_locals(name, direction)
        visited += 1
        do("finish")
    return counts


def check_locals(name, direction):
    if not name.endswith("_" + direction) or name.startswith("strata::Tape::"):
        return
    for _ in range(40):
        seen = do("info locals") + do("info args")
        check("<optimized out>" not in seen and "Traceback" not in seen, "locals of " + name, seen)
        if "step" in do("next") or gdb.selected_frame().name() != name:
            break


def stepping():
    """`step` again and again: never into the standard library, the journal, or an accessor."""
    strata("sparse")
    do("break-node 11 backward")
    do("run")
    met, taken = set(), 0
    while gdb.selected_thread() is not None and taken < 400:
        do("step")
        taken += 1
        if gdb.selected_thread() is not None:
            met.add(gdb.selected_frame().name() or "?")
    wrong = [name for name in met if re.match(r"std::|__|strata::Journal|strata::Tensor::operator|strata::Tape::(input_)?(value|grad|wants_grad)", name)]
    print("%d steps through %d functions" % (taken, len(met)))
    check(not wrong, "step entered these", str(wrong))
    check("strata::half_mse_backward" in met and "strata::affine_backward" in met, "the rules are entered", str(met))


def all_steps():
    together = {"forward": {}, "backward": {}}
    for words in ("sparse", "multilayer", "sparse --l1 0.1 --loss bce", "overcomplete --tied"):
        for direction, found in steps(words).items():
            for op, count in found.items():
                together[direction][op] = max(count, together[direction].get(op, 0))
    for direction, found in together.items():
        print("steps from the %s loop into the rule: %s" % (direction, ", ".join("%s %d" % item for item in sorted(found.items()))))
        check(len(found) >= 7, "enough rules met: " + direction, str(found))
        for op, count in found.items():
            check(count <= 6, "%d steps into %s, %s" % (count, op, direction))


def run():
    do("set confirm off")
    do("set debuginfod enabled off")
    tests = [shapes, garbage, non_finite, large]
    if os.path.exists(OUT + "/strata"):
        tests += [complaints, commands, state, stepping, all_steps]
    passed = 0
    for test in tests:
        before = len(results)
        try:
            test()
        except Exception as error:  # a test that breaks has failed
            import traceback

            check(False, "%s: %s" % (test.__name__, error), traceback.format_exc())
        ok = all(results[before:]) and len(results) > before
        passed += ok
        print("%-12s %d checks%s" % (test.__name__, len(results) - before, "" if ok else "  FAILED"))
        do("kill")
    print("[gdb] test cases: %d | %d passed | %d failed" % (len(tests), passed, len(tests) - passed))
    gdb.execute("quit %d" % (passed != len(tests)))


run()
