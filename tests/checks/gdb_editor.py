"""What an editor shows while it steps: the requests that VS Code's C++ extension sends to gdb, by .vscode/launch.json.
usage: python3 tests/checks/gdb_editor.py build/debug     Ends with 77 where gdb may not trace a program."""

import json
import os
import re
import subprocess
import sys

out = sys.argv[1]
folder = os.getcwd()


def settings(name):
    with open(os.path.join(".vscode", name), encoding="utf-8") as file:
        return json.load(file)  # strictly: no comments, no comma behind the last entry


launch, tasks = settings("launch.json"), settings("tasks.json")
labels = {task["label"]: task["command"] for task in tasks["tasks"]}
asked = {entry["id"]: entry for entry in launch["inputs"]}
failed = 0


def check(good, what):
    global failed
    if not good:
        failed += 1
        print("editor: FAILED: " + what)


def filled(text, open_file):
    """The text with the editor's variables in it."""
    text = text.replace("${workspaceFolder}", folder).replace("${file}", open_file)
    text = text.replace("${fileBasenameNoExtension}", os.path.splitext(os.path.basename(open_file))[0])
    return re.sub(r"\$\{input:(\w+)\}", lambda found: asked[found[1]]["default"], text)


class Gdb:
    """gdb's machine interface."""

    def __init__(self, entry, open_file=""):
        self.process = subprocess.Popen(["gdb", "-nx", "--interpreter=mi"], stdin=subprocess.PIPE, stdout=subprocess.PIPE,
                                        stderr=subprocess.STDOUT, text=True, cwd=folder)
        self.ask("-gdb-set debuginfod enabled off")
        for command in entry["setupCommands"]:
            text = filled(command["text"], open_file)
            answer = self.ask(text if text.startswith("-") else '-interpreter-exec console "%s"' % text)
            check("^done" in answer, "%s: %s" % (text, answer))
        self.ask('-environment-cd "%s"' % entry["cwd"].replace("${workspaceFolder}", folder))
        check("^done" in self.ask('-file-exec-and-symbols "%s"' % filled(entry["program"], open_file)), entry["program"])
        self.ask("-exec-arguments " + " ".join('"%s"' % filled(word, open_file) for word in entry["args"]))

    def ask(self, request, until=r"\^(done|running|error|exit)"):
        self.process.stdin.write(request + "\n")
        self.process.stdin.flush()
        answer = ""
        for line in self.process.stdout:
            answer += line
            if re.match(until, line):
                return answer
        return answer

    def go(self, request):
        """Until the program stands still; what gdb says of that."""
        answer = self.ask(request, r"\*stopped|\^error")
        return answer.splitlines()[-1]

    def variable(self, expression):
        """A name by which it unfolds."""
        answer = self.ask('-var-create - * "%s"' % expression)
        name = re.search(r'name="(\w+)"', answer)
        check(name, "%s: %s" % (expression, answer))
        return name[1] if name else ""

    def parts(self, name):
        answer = self.ask("-var-list-children --all-values %s 0 1000" % name)
        found = re.findall(r'child=\{name="([^"]*)",exp="([^"]*)",[^{}]*?value="((?:[^"\\]|\\.)*)"', answer)
        return {text: (name, in_utf8(value)) for name, text, value in found}

    def end(self):
        self.ask("-gdb-exit")
        self.process.wait()


def in_utf8(text):
    """The bytes that gdb writes as \\303."""
    return re.sub(r"(?:\\[0-3][0-7]{2})+", lambda run: bytes(int(digits, 8) for digits in run[0].split("\\")[1:]).decode(), text)


def entry_called(name):
    return next(entry for entry in launch["configurations"] if entry["name"] == name)


for entry in launch["configurations"]:
    check(entry["preLaunchTask"] in labels, "no task '%s'" % entry["preLaunchTask"])

# ---- one pass of a kind
entry = entry_called("Step through one pass of a kind")
gdb = Gdb(entry)
check("^done" in gdb.ask("-break-insert -f kl_sparsity_backward"), "no breakpoint on kl_sparsity_backward")
stopped = gdb.go("-exec-run")
if "breakpoint-hit" not in stopped:
    print("editor: skipped, gdb may not trace a program here: " + stopped)
    sys.exit(77)
check('func="strata::kl_sparsity_backward"' in stopped, "stopped elsewhere: " + stopped)
nodes = gdb.parts(gdb.variable("tape"))
check(len(nodes) == 18 and list(nodes)[8] == "8_sigmoid", "the tape unfolds into " + str(list(nodes)))
of_node = gdb.parts(nodes["8_sigmoid"][0])
check(of_node["made_at"][1].startswith("autoencoders/dense_autoencoder.cpp:"), "node 8: " + str(of_node))
check(of_node["inputs"][1] == "7", "operands of node 8: " + str(of_node))
rows = gdb.parts(of_node["value"][0])
check(rows.pop("shape")[1] == "5×6", "value of node 8: " + str(rows))
check(list(rows) == ["[%d,:]" % i for i in range(5)], "rows of node 8: " + str(rows))
with open("docs/guide/editor.md", encoding="utf-8") as file:
    page = file.read()
check(all("%s: %s\n" % (name, row) in page for name, (_, row) in rows.items()), "the guide shows other rows than " + str(rows))
for _ in range(2):
    stopped = gdb.go("-exec-next")
check("end-stepping-range" in stopped, "next: " + stopped)
activations = [value for _, value in gdb.parts(gdb.variable("rho_hat")).values()]
check(activations[0] == "4", "rho_hat: " + str(activations))
check([round(float(value), 4) for value in activations[1:]] == [0.6767, 0.5573, 0.3986, 0.3865], "rho_hat: " + str(activations))
check(gdb.parts(gdb.variable("node"))["operation"][1] == "kl_sparsity of 1", "node")
check("rho_hat" in gdb.ask("-stack-list-variables --simple-values"), "no rho_hat among the local variables")
gdb.end()

# ---- a program of one's own, by its task
own = os.path.join(folder, out, "gdb", "my net.cpp")
os.makedirs(os.path.dirname(own), exist_ok=True)
with open(own, "w", encoding="utf-8") as file:
    file.write('#include "pretraining/strata.hpp"\nusing namespace strata;\nint main() {\n  Tensor A({2, 300}, 0.5);\n'
               "  A(1, 2) = 7;\n  Tensor B;\n  return A.size() == 600 ? 0 : 1;\n}\n")
entry = entry_called("Debug the open program")
built = subprocess.run(filled(labels[entry["preLaunchTask"]], own), shell=True, capture_output=True, text=True)
check(built.returncode == 0, "the task of the open program: " + built.stdout + built.stderr)
gdb = Gdb(entry, own)
check("^done" in gdb.ask('-break-insert -f "my net.cpp:7"'), "no breakpoint in the open program")
check("breakpoint-hit" in gdb.go("-exec-run"), "the open program does not stop")
rows = gdb.parts(gdb.variable("A"))
check(rows["shape"][1] == "2×300", "A: " + str(rows))
check(rows["[1,:]"][1].startswith("0.5  0.5  7  0.5") and rows["[1,:]"][1].endswith("…  300 in all".replace("…  ", "… ")), "A[1]: " + str(rows))
check([value for _, value in gdb.parts(gdb.variable("B")).values()] == ["empty"], "B")
check("exited-normally" in gdb.go("-exec-continue"), "the open program ends badly")
gdb.end()

print("editor: " + ("%d checks failed" % failed if failed else "as .vscode says"))
sys.exit(1 if failed else 0)
