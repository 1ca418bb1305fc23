// strata step as a user meets it: a pipe, --do, a saved model, and what is refused.

#include "pretraining/cli/common.hpp"
#include "tests/pretraining/cli/step/stepped.hpp"
#include "tests/program.hpp"

using namespace strata;
using namespace strata::testing;

TEST_CASE("the program: commands from a pipe, echoed and plain; --do; a saved model") {
  const Program strata;
  const std::string commands = strata.file("commands");
  write_file(commands, "n\n\nfoo\nprint W1[1,2]\n");
  const Result piped = strata("step sparse < " + commands);
  CHECK(piped.status == 0);
  CHECK(piped.err.empty());
  CHECK(piped.out.find("sparse 6-4 on 5 examples: 18 forward and 20 backward steps (help lists the "
                       "commands)\n\nstep 1 of 38") == 0);
  CHECK(contains(piped.out, "\n(step 1) next\nstep 2 of 38"));
  CHECK(contains(piped.out, "\n(step 2) next\nstep 3 of 38"));
  CHECK(contains(piped.out, "\n(step 3) foo\nthere is no command 'foo'"));
  CHECK(contains(piped.out, "\n(step 3) print W1[1,2]\nW1[1,2] = -0.57866"));
  CHECK_FALSE(contains(piped.out, "\033"));
  write_file(commands, "q\nn\n");
  CHECK_FALSE(contains(strata("step sparse < " + commands).out, "step 2 of"));
  write_file(commands, "");
  CHECK(strata("step sparse < " + commands).status == 0);

  const Result done = strata("step sparse --do 'step 37; why W1[1,2]' < /dev/null");
  CHECK(done.status == 0);
  CHECK(done.out.find("step 37 of 38") == 0);
  CHECK(contains(done.out, "\n\ndW1[1,2] = "));
  CHECK(strata("step sparse --do 'nxt'").status == 2);
  CHECK(strata("step sparse --do 'print Q'").status == 1);
  CHECK(contains(strata("step sparse --seed 3 --do '30; gdb'").out,
                 "make gdb CASE=sparse ARGS='--seed 3'"));
  CHECK(contains(strata("step sparse --backprop explicit --do run").out,
                 "step 24 of 24  by hand  db²"));
  CHECK(contains(strata("step sparse --once").out, "visits"));

  const std::string model = strata.file("m.safetensors");
  REQUIRE(strata("train sparse --hidden 5 --epochs 1 --quiet --save " + model).status == 0);
  const Result of_model = strata("step " + model + " --rows 3:6 --do 'run; print X'");
  CHECK(of_model.status == 0);
  CHECK(contains(of_model.out, "step 38 of 38"));
  CHECK(contains(of_model.out, "3×64"));
}

TEST_CASE(
    "the program: blanks between commands are none, options without effect are refused, gdb is "
    "quoted") {
  const Program strata;
  CHECK(strata("step sparse --do 'next; '").out == strata("step sparse --do next").out);
  CHECK(strata("step sparse --do ' ;next;;'").out == strata("step sparse --do next").out);
  for (const char* command : {"step", "check", "check --blame", "trace", "gradients"}) {
    for (const char* option : {"--rows 0:2", "--scale minmax"}) {
      const Result refused =
          strata(text(command, " sparse ", option, command[0] == 't' ? " -o /dev/null" : ""));
      CAPTURE(std::string(command));
      CAPTURE(refused.err);
      CHECK(refused.status != 0);
      if (std::string(command) == "gradients") continue;  // wants a saved model
      CHECK(refused.status == 2);
      const std::string name = std::string(option).substr(0, std::string(option).find(' '));
      CHECK(contains(refused.err,
                     name + ": sparse alone is looked at on five random examples (give --data)"));
    }
  }
  CHECK(strata("step sparse --data digits --rows 0:2 --do 'print X'").status == 0);
  CHECK(contains(strata("step sparse --data digits --rows 9:9").err,
                 "--rows 9:9: the range is empty"));
  CHECK(contains(strata("step --help").out, "five small random examples"));

  const std::string folder = strata.file("it's my data");
  std::filesystem::create_directory(folder);
  const std::string data = folder + "/a $b.csv";
  write_file(data, "1,0\n0,1\n1,1\n");
  CHECK(shell_word("a.csv") == "a.csv");
  CHECK(shell_word("") == "''");
  CHECK(shell_word("it's") == "'it'\\''s'");
  const Result gdb = strata("step linear --hidden 1 --data " + shell_word(data) + " --do '4; gdb'");
  CHECK(gdb.status == 0);
  const std::size_t begin = gdb.out.find("make gdb ") + 9;
  const std::string words = gdb.out.substr(begin, gdb.out.find('\n', begin) - begin);
  // As make sees them: the shell takes one layer of quotes away, make one of each two $.
  write_file(strata.file("Makefile"), "all:\n\t@printf '%s\\n' $(ARGS)\n");
  const std::string make = "make --no-print-directory -s -f " + strata.file("Makefile") + " " +
                           words + " > " + strata.file("words");
  REQUIRE(std::system(make.c_str()) == 0);
  CHECK(read_file(strata.file("words")) == "--data\n" + data + "\n--hidden\n1\n");
}
