#include "pretraining/cli/checkpoint_options.hpp"

#include <algorithm>
#include <chrono>
#include <csignal>
#include <filesystem>

#include "core/io/checksum.hpp"
#include "core/io/files.hpp"
#include "pretraining/cli/common.hpp"

namespace strata::cli {
namespace {

// The only globals of the program: a signal's handler is called without arguments, so what it sets
// must be known beforehand.
volatile std::sig_atomic_t interrupted = 0;
std::chrono::steady_clock::time_point interrupted_at;  // the handler's own

// A second Ctrl-C ends the program at once. One that follows within half a second is the same once
// more: `timeout -s INT` signals the program and then its group.
extern "C" void note_interrupt(int) {
  const auto now = std::chrono::steady_clock::now();
  if (!interrupted) interrupted_at = now;
  interrupted = 1;
  if (now - interrupted_at < std::chrono::milliseconds(500)) return;
  std::signal(SIGINT, SIG_DFL);
  std::raise(SIGINT);  // it comes when this handler is left
}

void listen_for_interrupt() {
  const auto before = std::signal(SIGINT, note_interrupt);
  if (before == SIG_IGN)
    std::signal(SIGINT, SIG_IGN);  // a shell's background job: Ctrl-C is meant for others
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

bool is_same_file(const std::string& a, const std::string& b) {
  return std::filesystem::weakly_canonical(a) == std::filesystem::weakly_canonical(b);
}

// Where the command writes its results: a checkpoint there would be lost.
std::vector<std::string> files_written(const std::string& command, const Options& options,
                                       const std::string& out) {
  std::vector<std::string> files;
  for (const char* name : {"results.json", "report.html", "model.safetensors"})
    files.push_back(out + "/" + name);
  if (command == "rbm") files.push_back(out + "/autoencoder.safetensors");
  for (const OptionSpec& spec : options.specs()) {
    if (spec.values.is_file && options.given(spec.name)) files.push_back(options.text(spec.name));
  }
  return files;
}

// What a run that was killed while it wrote has left beside the file: nobody else writes to it.
void remove_unfinished(const std::string& file) {
  const std::filesystem::path path = file;
  std::error_code ignored;
  const std::filesystem::path folder = path.has_parent_path() ? path.parent_path() : ".";
  for (const auto& entry : std::filesystem::directory_iterator(folder, ignored)) {
    const std::string name = entry.path().filename().string();
    if (name.starts_with(path.filename().string() + ".tmp"))
      std::filesystem::remove(entry.path(), ignored);
  }
}

}  // namespace

Checkpoint checkpoint_of(const std::string& command, const Options& options, const TrainTest& data,
                         const std::string& out) {
  make_folder(out);  // a name that cannot be one is found before the training
  for (const char* name : {"checkpoint", "resume"})
    if (options.given(name)) check_file(name, options.text(name));
  CheckpointOptions o;
  const char* const given = options.given("checkpoint") ? "checkpoint" : "resume";
  o.each_epoch = options.given(given);
  o.file = o.each_epoch ? options.text(given) : out + "/checkpoint.safetensors";
  for (const std::string& other : files_written(command, options, out)) {
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
  Checkpoint checkpoint(o);
  if (options.given("resume")) checkpoint.resume(options.text("resume"));
  if (o.each_epoch) remove_unfinished(o.file);
  listen_for_interrupt();
  return checkpoint;
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
