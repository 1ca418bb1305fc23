#include <cstdio>
#include <exception>
#include <new>

#include "core/check.hpp"
#include "core/inspect/debugger/debugger.hpp"  // what `why` and `nan` call in gdb
#include "layers/checkpoint.hpp"
#include "pretraining/cli/checkpoint_options.hpp"
#include "pretraining/cli/commands/commands.hpp"
#include "pretraining/cli/options.hpp"

namespace {

using namespace strata::cli;

struct Command {
  const char* name;
  int (*run)(const Arguments&);
  const char* summary;
};

const Command commands[] = {
    {"pretrain", pretrain_command,
     "greedy pretraining + fine-tuning of a stacked autoencoder, next to PCA"},
    {"train", train_command, "one autoencoder of some kind: linear, sparse, variational, …"},
    {"rbm", rbm_command, "a restricted Boltzmann machine, or a deep belief network of several"},
    {"compare", compare_command, "every kind on the same data, in one table"},
    {"classify", classify_command,
     "a pretrained stack with a softmax: accuracy before and after fine-tuning, and with few "
     "labels"},
    {"encode", encode_command, "the codes of data under a saved model, to .npy, .csv or .png"},
    {"reconstruct", reconstruct_command,
     "data through a saved model and back, to .npy, .csv or .png"},
    {"sample", sample_command,
     "new examples from a variational autoencoder or an RBM, to .npy, .csv or .png"},
    {"interpolate", interpolate_command,
     "from one example to another through the code of a variational autoencoder"},
    {"gradients", gradients_command, "every gradient of one batch, to .safetensors"},
    {"check", check_command, "explicit, tape and numeric gradients side by side"},
    {"data", data_command, "what a data set holds"},
    {"bench", bench_command, "how fast this machine and this program are"},
    {"step", step_command, "step through a backward pass in the terminal"},
    {"trace", trace_command, "step through it in a page of its own"},
};

std::string overview() {
  std::string text =
      "usage: strata COMMAND [options]\n\nAutoencoders from scratch, and everything below "
      "them.\n\ncommands:\n";
  for (const Command& command : commands) {
    std::string name = command.name;
    name.resize(13, ' ');
    text += "  " + name + command.summary + "\n";
  }
  return text +
         "\n`strata COMMAND --help` lists a command's options. Begin with `strata pretrain`.\n";
}

int run(const Arguments& words) {
  if (words.empty()) throw strata::UsageError("which command? (strata --help lists them)");
  if (words[0] == "--help" || words[0] == "-h" || words[0] == "help") {
    std::fputs(overview().c_str(), stdout);
    return 0;
  }
  if (words[0] == "--version") {
    std::printf("strata %s\n", STRATA_VERSION);
    return 0;
  }
  std::vector<std::string> names;
  for (const Command& command : commands) {
    if (words[0] == command.name) return command.run({words.begin() + 1, words.end()});
    names.push_back(command.name);
  }
  const std::string near = strata::nearest_word(words[0], names);
  throw strata::UsageError(
      "there is no command '" + words[0] + "'" +
      (near.empty() ? " (strata --help lists them)" : "; did you mean " + near + "?"));
}

}  // namespace

int main(int argc, char** argv) {
  try {
    return run({argv + 1, argv + argc});
  } catch (const strata::Interrupted& stop) {
    std::fprintf(stderr, "strata: interrupted; to go on: %s\n",
                 command_to_resume({argv, argv + argc}, stop.file).c_str());
    return 130;  // what a shell says of a program that Ctrl-C ended
  } catch (const strata::UsageError& error) {
    std::fprintf(stderr, "strata: %s\n", error.what());
    return 2;
  } catch (const std::bad_alloc&) {
    std::fputs("strata: not enough memory\n", stderr);
    return 1;
  } catch (const std::exception& error) {
    std::fprintf(stderr, "strata: %s\n", error.what());
    return 1;
  }
}
