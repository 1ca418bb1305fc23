// The stepper: it visits everything once, tells the tape's numbers, and its commands do what they
// say.

#include "tests/pretraining/cli/step/stepped.hpp"

using namespace strata;
using namespace strata::testing;

TEST_CASE(
    "from first to last and back again: every visit once in each direction, and the end is the "
    "beginning") {
  for (const char* kind : {"sparse", "linear", "multilayer", "overcomplete"}) {
    CAPTURE(std::string(kind));
    Stepped s(kind);
    TapeStepper stepper = s.stepper();
    check_there_and_back(stepper);

    // The visits are all there is: each node's value once, the seed once, each way from a node to a
    // trained operand once.
    std::set<std::pair<int, int>> seen;
    std::size_t seeds = 0;
    for (const Visit& visit : stepper.passes.journal.visits) {
      CHECK(seen.insert({visit.node, visit.kind == Visit::Kind::seed ? -2 : visit.operand}).second);
      seeds += visit.kind == Visit::Kind::seed;
    }
    std::size_t expected = 1;
    for (int i = 0; i < s.tape.size(); ++i) {
      const std::set<int> operands(s.tape.nodes[i].inputs.begin(), s.tape.nodes[i].inputs.end());
      ++expected;
      for (int operand : operands) expected += s.tape.nodes[operand].wants_grad;
    }
    CHECK(seeds == 1);
    CHECK(stepper.size() == expected);
  }
}

TEST_CASE(
    "print gives the numbers of that moment: those of the tape, before and after each visit") {
  Stepped s;
  TapeStepper stepper = s.stepper();
  const double relative = by_real(1e-8, 1e-5);
  for (std::size_t k = 0; k < stepper.size(); ++k) {
    stepper.run(std::to_string(k + 1));
    CAPTURE(k);
    const Visit& visit = stepper.passes.journal.visits[k];
    if (visit.kind == Visit::Kind::forward) {
      const Tensor& value = s.tape.value(visit.node);
      for (std::size_t i = 0; i < value.size(); ++i) {
        const std::string name = entry_name(text("node ", visit.node), value.shape, i);
        check_close(number_in(stepper.run("print " + name)), double(value[i]), relative, 0);
      }
      continue;
    }
    const std::string gradient = text("d node ", visit.operand);
    for (std::size_t i = 0; i < visit.after.values.size(); ++i) {
      const std::string name = entry_name(gradient, visit.after.shape, i);
      check_close(number_in(stepper.run("p " + name)), double(visit.after.values[i]), relative, 0);
    }
    stepper.run("back");
    const std::string before = stepper.run("p " + gradient);
    if (visit.kind == Visit::Kind::seed)
      CHECK(contains(before, "is not reached yet: step 19 brings"));
    for (std::size_t i = 0; i < visit.before.values.size(); ++i) {
      if (contains(before, "not reached")) {
        CHECK(visit.before.values[i] == 0);
      } else {
        const std::string name = entry_name(gradient, visit.before.shape, i);
        check_close(number_in(stepper.run("p " + name)), double(visit.before.values[i]), relative,
                    0);
      }
    }
  }
  for (Parameter* p : s.subject.model->parameters()) p->grad.fill(0);
  s.tape.backward(s.objective.total);  // a pass of its own
  stepper.run(std::to_string(stepper.size()));
  for (std::size_t i = 0; i < s.W1().grad.size(); ++i) {
    const std::string name = entry_name("dW1", s.W1().grad.shape, i);
    check_close(number_in(stepper.run("print " + name)), double(s.W1().grad[i]), relative, 0);
  }
}

TEST_CASE("every command has a name and a letter, and help lists them") {
  Stepped s;
  TapeStepper stepper = s.stepper();
  const std::string help = stepper.run("help");
  const std::pair<const char*, const char*> commands[] = {{"next", "n"},
                                                          {"back", "b"},
                                                          {"step 5", "s 5"},
                                                          {"node 4", "d 4"},
                                                          {"op affine", "o affine"},
                                                          {"param W1", "a W1"},
                                                          {"nan", "i"},
                                                          {"wrong", "w"},
                                                          {"run", "r"},
                                                          {"list", "l"},
                                                          {"print W1", "p W1"},
                                                          {"check", "c"},
                                                          {"why W1[1,2]", "y W1[1,2]"},
                                                          {"gdb", "g"},
                                                          {"help", "h"}};
  for (const auto& command : commands) {
    const std::string name = command.first, letter = command.second;
    CAPTURE(name);
    stepper.run("step 20");
    const std::string by_name = stepper.run(name);
    const std::size_t there = stepper.step();
    stepper.run("step 20");
    CHECK(stepper.run(letter) == by_name);
    CHECK(stepper.step() == there);
    CHECK(stepper.spelled_out(letter) == name);
    const std::string word = name.substr(0, name.find(' '));
    CHECK(contains(help, text("  ", letter[0], "  ", word, " ")));
    CHECK(!by_name.empty());
  }
  CHECK(contains(help, "t  html FILE"));
  CHECK(stepper.run("q").empty());
  CHECK(stepper.has_quit());
}

TEST_CASE("commands move where they say") {
  Stepped s;
  TapeStepper stepper = s.stepper();
  const auto step_after = [&stepper](const std::string& command) {
    stepper.run(command);
    return stepper.step() + 1;
  };
  CHECK(step_after("n") == 2);
  CHECK(step_after("") == 3);  // an empty line repeats
  CHECK(step_after("  ") == 4);
  CHECK(step_after("back") == 3);
  CHECK(step_after("") == 2);
  CHECK(step_after("30") == 30);
  CHECK(step_after("step 1") == 1);
  CHECK(contains(stepper.run("back"), "step 1 is the first one"));
  CHECK(contains(stepper.run("s"), "step 1 of 38"));
  CHECK(step_after("node 4") == 5);
  CHECK(step_after("") == 36);  // its backward visit
  CHECK(contains(stepper.run(""), "no later one: from the beginning again\nstep 5"));
  CHECK(step_after("op kl_sparsity") == 11);
  CHECK(step_after("op kl_sparsity") == 30);
  stepper.run("1");
  CHECK(step_after("param W1") == 2);
  CHECK(step_after("") == 28);
  CHECK(step_after("param encoder.0.W") == 37);
  stepper.run("1");
  CHECK(step_after("run") == 38);
  CHECK(contains(stepper.run("run"), "step 38 is the last one"));
  CHECK(contains(stepper.run("n"), "step 38 is the last one"));
  CHECK(stepper.run("wrong") ==
        "no step is wrong (--backprop explicit steps through the rule by hand)\n");
  CHECK(stepper.run("nan") == "every number of both passes is finite\n");
  stepper.debugged = "CASE=sparse";
  CHECK(contains(stepper.run("gdb"),
                 "make gdb CASE=sparse\n  and there: break-node 3 backward, then run"));
  CHECK(contains(
      stepper.run("list"),
      ">   38  backward  node 3  affine               db += Σ_rows dZ          → b1, node 2"));
  CHECK(lines_of(stepper.run("list")).size() == 38);
  for (const std::string& line : lines_of(stepper.run("list"))) CHECK(display_width(line) <= 100);
  CHECK(contains(stepper.run("why W1[1,2]"), "δ = f′(z) [  reconstruction +     sparsity ]"));
  CHECK(contains(stepper.run("check"), "differences"));
  CHECK(stepper.step() + 1 == 38);  // looking around does not move
}

TEST_CASE(
    "names: a letter of the rule on the screen, W1, X, nodes, terms, L, each with d, each with an "
    "entry") {
  Stepped s;
  TapeStepper stepper = s.stepper();
  stepper.run("36");  // backward, node 4: Y = σ(X), X is node 3
  CHECK(contains(stepper.run("print X"), "affine, node 3, 5×4"));
  CHECK(contains(stepper.run("print dY[0,1]"), "(sigmoid, node 4, after step 33)"));
  CHECK(contains(stepper.run("print node 0"), "input X, node 0, 5×6"));
  CHECK(contains(stepper.run("print 0"), "input X, node 0, 5×6"));
  CHECK(contains(stepper.run("print encoder.0.b[1]"), "(b1, node 2)"));
  CHECK(number_in(stepper.run("print L[0]")) ==
        doctest::Approx(double(s.objective.total.value().item())));
  CHECK(contains(stepper.run("print sparsity"), "scale, node 11"));
  CHECK(contains(stepper.run("print dsparsity[0]"), "= 1 "));
  CHECK(contains(stepper.run("print dW1"), "after step 28"));
  CHECK(contains(stepper.run("print d node 0"), "input X has no gradient (it is data)"));
  CHECK(contains(stepper.run("print db1"), "db1 is not reached yet: step 38 brings"));
  stepper.run("1");
  CHECK(contains(stepper.run("print W2[0,0]"), "computed later, by step 6"));
}

TEST_CASE("what cannot be done is said, and nothing moves") {
  Stepped s;
  TapeStepper stepper = s.stepper();
  stepper.run("12");
  const auto said = [&stepper](const std::string& line) {
    return error_of([&] { stepper.run(line); });
  };
  CHECK(said("nxt") == "there is no command 'nxt'; did you mean next?");
  CHECK(said("frobnicate") == "there is no command 'frobnicate' (help lists them)");
  CHECK(said("print") == "print NAME: the NAME is missing");
  CHECK(said("next 3") == "next: takes nothing after it, not '3'");
  CHECK(said("step 0") == "step 0: there are steps 1 to 38");
  CHECK(said("39") == "step 39: there are steps 1 to 38");
  for (const std::string word : {"x", "1.5", "3 4", "-1"})
    CHECK(said("step " + word) ==
          text("step ", word, ": '", word, "' is no number (there are steps 1 to 38)"));
  CHECK(said("3 4") == "step 3 4: '3 4' is no number (there are steps 1 to 38)");
  CHECK(said("step 99999999999999999999999") ==
        "step 99999999999999999999999: there are steps 1 to 38");
  CHECK(said("list 99") == "step 99: there are steps 1 to 38");
  CHECK(said("node 18") == "node 18: there are nodes 0 to 17");
  CHECK(said("op affin") == "op affin: there is affine");
  CHECK(contains(said("op conv"), "op conv: there are input, parameter, affine, sigmoid"));
  CHECK(contains(said("param W7"), "there is no parameter 'W7' (W1 (encoder.0.W)"));
  CHECK(contains(said("print Q"), "there is no 'Q' (X, W1, b1, W2, b2, reconstruction"));
  CHECK(contains(said("print W1[6,0]"), "W1 is 6×4, counted from 0"));
  CHECK(contains(said("print W1[6"), "the ] is missing"));
  CHECK(contains(said("print [0,0]"), "there is no '' (X, W1"));
  CHECK(contains(said("why W1"), "which entry?"));
  CHECK(contains(said("why W1 1"), "W1[1]: W1 is 6×4, 2 indices are needed (like W1[0,0])"));
  CHECK(contains(said("why W1[1,2"), "which entry?"));
  CHECK(contains(said("why dX[0,0]"), "there is no parameter 'X'"));
  CHECK(stepper.step() + 1 == 12);
}

TEST_CASE("an entry for why: of the weight or of its gradient, with brackets or without") {
  Stepped s;
  TapeStepper stepper = s.stepper();
  const std::string answer = stepper.run("why W1[1,2]");
  for (const char* words :
       {"dW1[1,2]", "W1 1 2", "dW1 1 2", "d W1[1, 2]", "W1 1,2", "encoder.0.W 1 2"}) {
    CAPTURE(std::string(words));
    CHECK(stepper.run(std::string("why ") + words) == answer);
  }
  CHECK(contains(stepper.run("why b1 3"), "db1[3] = "));

  Parameter d("dose", Tensor({2}, {Real(1), Real(2)}), false),
      ose("ose", Tensor({2}, Real(3)), false);
  Tape tape;
  const Var product = mul(tape.parameter(d), tape.parameter(ose));
  TapeStepper named(tape, sum_of_terms({{"product", sum(product)}}), "names");
  // Its own name, not the gradient of ose
  CHECK(contains(named.run("why dose[1]"), "ddose[1] = 3"));
}
