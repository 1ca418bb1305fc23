#include "pretraining/cli/checkpoint_options.hpp"

#include <algorithm>
#include <chrono>
#include <csignal>
#include <cstdio>
#include <filesystem>

#include "core/io/checksum.hpp"
#include "core/io/files.hpp"
#include "pretraining/cli/common.hpp"
#include "pretraining/cli/result_file.hpp"

namespace strata::cli {
namespace {

// The only globals of the program: a signal's handler is called without arguments, so what it sets
// must be known beforehand.
volatile std::sig_atomic_t interrupted = 0;            // by which signal
std::chrono::steady_clock::time_point interrupted_at;  // the handler's own

// A second Ctrl-C ends the program at once. One that follows within half a second is the same once
// more: `timeout -s INT` signals the program and then its group. A terminal that is closed may send
// several SIGHUP.
extern "C" void note_interrupt(int signal) {
  const auto now = std::chrono::steady_clock::now();
  if (!interrupted) {
    interrupted_at = now;
    interrupted = signal;
  }
  if (now - interrupted_at < std::chrono::milliseconds(500) || signal == SIGHUP) return;
  std::signal(signal, SIG_DFL);
  std::raise(signal);  // it comes when this handler is left
}

void listen_for_interrupts() {
  for (const int signal : {SIGINT, SIGTERM, SIGHUP}) {
    const auto before = std::signal(signal, note_interrupt);
    if (before == SIG_IGN)
      std::signal(signal, SIG_IGN);  // a shell's background job, nohup: it is meant for others
  }
  // A reader that has gone away, or a limit of file sizes, is an error of writing and not the end
  for (const int signal : {SIGPIPE, SIGXFSZ}) std::signal(signal, SIG_IGN);
}

// Where and how results are written and how fast they come decides none of them. The data is
// compared by what it holds, as it was split.
bool decides_numbers(const std::string& option) {
  static const std::vector<std::string> others = {"data",  "split",  "test",       "threads",
                                                  "quiet", "out",    "save",       "checkpoint",
                                                  "json",  "resume", "predictions"};
  return std::find(others.begin(), others.end(), option) == others.end();
}

std::string fingerprint(const TrainTest& data) {
  Checksum sum;
  for (const Dataset* part : {&data.train, &data.test}) {
    sum.add(part->X);
    for (const int label : part->labels) sum.add(std::uint64_t(label));
  }
  return text(data.train.name, " (", data.train.size(), " training and ", data.test.size(),
              " test rows of ", data.train.features(), ", checksum ", sum.text(), ")");
}

std::vector<std::pair<std::string, std::string>> run_of(const std::string& command,
                                                        const Options& options,
                                                        const TrainTest& data) {
  std::vector<std::pair<std::string, std::string>> run = {{"the command", "strata " + command},
                                                          {"the version", STRATA_VERSION}};
  for (const OptionSpec& spec : options.specs()) {
    if (decides_numbers(spec.name)) run.emplace_back("--" + spec.name, options.text(spec.name));
  }
  run.emplace_back("the split", split_kinds.name(data.split));
  run.emplace_back("the data", fingerprint(data));
  return run;
}

// Names that lead to no file yet are compared as names; so are those of pipes, which have no other.
bool is_same_file(const std::string& a, const std::string& b) {
  std::error_code none_yet, unknown;
  if (std::filesystem::equivalent(a, b, none_yet)) return true;
  const auto canonical = [&](const std::string& path) {
    const std::filesystem::path name = std::filesystem::weakly_canonical(path, unknown);
    return unknown ? std::filesystem::path(path) : name;
  };
  return canonical(a) == canonical(b);
}

// Where the command writes its results: a checkpoint there would be lost.
std::vector<std::string> files_written(const std::string& command, const Options& options,
                                       const std::string& out) {
  std::vector<std::string> files = run_files(out);
  files.push_back(out + "/model.safetensors");
  if (command == "rbm") files.push_back(out + "/autoencoder.safetensors");
  if (command == "pretrain") {
    for (const char* name : {"curves.svg", "methods.png", "map-pca.svg", "map-deep.svg"})
      files.push_back(out + "/" + name);
  }
  for (const OptionSpec& spec : options.specs()) {
    if (spec.values.is_file && options.given(spec.name)) files.push_back(options.text(spec.name));
  }
  return files;
}

}  // namespace

Checkpoint checkpoint_of(const std::string& command, const Options& options, const TrainTest& data,
                         const std::string& out, Progress& progress) {
  make_folder(out);  // a name that cannot be one is found before the training
  for (const char* name : {"checkpoint", "resume"})
    if (options.given(name)) check_file(name, options.text(name));
  CheckpointOptions o;
  const char* const given = options.given("checkpoint") ? "checkpoint" : "resume";
  o.each_epoch = options.given(given);
  o.file = o.each_epoch ? options.text(given) : out + "/checkpoint.safetensors";
  const std::vector<std::string> results = files_written(command, options, out);
  for (const std::string& other : results) {
    if (is_same_file(o.file, other))
      throw UsageError(
          text("--", given, " ", o.file, ": the results are written there (take another name)"));
  }
  const bool goes_on = options.given("resume") && is_same_file(o.file, options.text("resume"));
  if (options.given("checkpoint") && !goes_on && std::filesystem::is_regular_file(o.file)) {
    throw UsageError(text("--checkpoint ", o.file,
                          ": is there already (go on from it with --resume ", o.file,
                          ", or remove it)"));
  }
  o.run = run_of(command, options, data);
  o.interrupted = &interrupted;
  o.warn = [&progress](const std::string& words) {
    progress.finish();
    std::fprintf(stderr, "strata: warning: %s\n", words.c_str());
  };
  Checkpoint checkpoint(o);
  if (options.given("resume")) checkpoint.resume(options.text("resume"));
  check_can_write(o.file);
  for (const std::string& file : results) check_can_write(file);
  listen_for_interrupts();
  return checkpoint;
}

int status_of_interrupt() {
  return 128 + interrupted;
}

std::string command_to_resume(const std::vector<std::string>& words, const std::string& file) {
  std::vector<std::string> kept;
  for (std::size_t k = 0; k < words.size(); ++k) {
    if (words[k] == "--resume") {
      ++k;  // and its value
    } else if (!words[k].starts_with("--resume=")) {
      kept.push_back(words[k]);
    }
  }
  kept.insert(std::find(kept.begin(), kept.end(), "--"), {"--resume", file});
  std::string line;
  for (const std::string& word : kept) line += (line.empty() ? "" : " ") + shell_word(word);
  return line;
}

}  // namespace strata::cli
