#include <cstdio>
#include <exception>
#include <new>

#include "core/check.hpp"
#include "core/inspect/debugger/debugger.hpp"  // what `why` and `nan` call in gdb
#include "core/io/system.hpp"
#include "core/io/utf8.hpp"
#include "layers/checkpoint.hpp"
#include "pretraining/cli/checkpoint_options.hpp"
#include "pretraining/cli/commands/commands.hpp"

namespace {

using namespace strata::cli;

// A command is called what its usage says: "strata pretrain [options]".
std::vector<Command> all_commands() {
  return {pretrain_command(),    train_command(),     rbm_command(),         compare_command(),
          classify_command(),    encode_command(),    reconstruct_command(), sample_command(),
          interpolate_command(), gradients_command(), check_command(),       data_command(),
          bench_command(),       step_command(),      trace_command()};
}

std::string name_of(const Command& command) {
  const std::string& usage = command.page.usage;
  const std::size_t begin = usage.find(' ') + 1;
  return usage.substr(begin, usage.find(' ', begin) - begin);
}

std::string overview() {
  std::string text =
      "usage: strata COMMAND [options]\n\n"
      "Autoencoders from scratch, and everything they are built on.\n\ncommands:\n";
  for (const Command& command : all_commands()) {
    std::string name = name_of(command);
    name.resize(13, ' ');
    text += "  " + name + command.brief + "\n";
  }
  return text +
         "\n`strata COMMAND --help` lists a command's options. Begin with `strata pretrain`.\n";
}

int run(const Arguments& words) {
  if (words.empty()) {
    std::fputs(overview().c_str(), stderr);
    return 2;
  }
  if (words[0] == "--help" || words[0] == "-h" || words[0] == "help") {
    std::fputs(overview().c_str(), stdout);
    return 0;
  }
  if (words[0] == "--version") {
    std::printf("strata %s\n", STRATA_VERSION);
    return 0;
  }
  std::vector<std::string> names;
  for (const Command& command : all_commands()) {
    names.push_back(name_of(command));
    if (words[0] == names.back()) return run_command(command, {words.begin() + 1, words.end()});
  }
  throw strata::UsageError("there is no command '" + words[0] + "'" +
                           strata::suggestion(words[0], names, " (strata --help lists them)"));
}

}  // namespace

int main(int argc, char** argv) {
  try {
    const int status = run({argv + 1, argv + argc});
    strata::check_standard_output();
    return status;
  } catch (const strata::Interrupted& stop) {
    std::fprintf(stderr, "strata: interrupted; to go on: %s\n",
                 command_to_resume({argv, argv + argc}, stop.file).c_str());
    return status_of_interrupt();
  } catch (const strata::UsageError& error) {
    std::fprintf(stderr, "strata: %s\n", strata::printable(error.what()).c_str());
    return 2;
  } catch (const std::bad_alloc&) {
    std::fputs("strata: not enough memory\n", stderr);
    return 1;
  } catch (const std::exception& error) {
    std::fprintf(stderr, "strata: %s\n", strata::printable(error.what()).c_str());
    return 1;
  }
}
