#include "layers/checkpoint.hpp"

#include <algorithm>

#include "core/check.hpp"
#include "core/io/checksum.hpp"
#include "core/io/safetensors.hpp"

namespace strata {
namespace {

constexpr const char* facts_key = "strata_checkpoint";
constexpr const char* checksum_key = "checksum";

template <class Pairs>
auto find_in(Pairs& pairs, const std::string& name) -> decltype(&pairs.front().second) {
  for (auto& [other, value] : pairs) {
    if (other == name) return &value;
  }
  return nullptr;
}

// Of everything in the file but itself.
std::string checksum_of(const SafeTensors& file) {
  Checksum sum;
  sum.add(*file.find_metadata(facts_key));
  for (const auto& [name, tensor] : file.tensors) {
    sum.add(name);
    sum.add(tensor);
  }
  for (const auto& [name, numbers] : file.doubles) {
    sum.add(name);
    for (const double number : numbers) sum.add(number);
  }
  return sum.text();
}

Json to_json(const std::vector<std::pair<std::string, std::string>>& texts) {
  Json object = Json::object();
  for (const auto& [name, words] : texts) object[name] = words;
  return object;
}

void append_stage(SafeTensors& file, Json& stages, const std::string& name, const State& state) {
  for (const auto& [key, tensor] : state.kept_tensors)
    file.tensors.emplace_back(name + "/" + key, tensor);
  for (const auto& [key, numbers] : state.kept_numbers)
    file.doubles.emplace_back(name + "/" + key, numbers);
  stages.push(Json::object(
      {{"name", name}, {"finished", state.finished}, {"texts", to_json(state.kept_texts)}}));
}

State read_stage(const SafeTensors& file, const Json& stage) {
  const std::string prefix = stage.at("name").as_string() + "/";
  const auto key_in_stage = [&prefix](const std::string& name) {
    const bool belongs =
        name.starts_with(prefix) && name.find('/', prefix.size()) == std::string::npos;
    return belongs ? name.substr(prefix.size()) : "";
  };
  State state;
  state.finished = stage.at("finished").as_bool();
  for (const auto& [name, tensor] : file.tensors) {
    if (const std::string key = key_in_stage(name); !key.empty())
      state.kept_tensors.emplace_back(key, tensor);
  }
  for (const auto& [name, numbers] : file.doubles) {
    if (const std::string key = key_in_stage(name); !key.empty())
      state.kept_numbers.emplace_back(key, numbers);
  }
  for (const auto& [name, words] : stage.at("texts").members())
    state.kept_texts.emplace_back(name, words.as_string());
  return state;
}

// Before the checksum: the numbers of another build may not have been read as they are.
void check_format(const Json& facts) {
  check(facts.at("format").as_size() == 1, "written by a later version (format ",
        facts.at("format").as_number(), ")");
  check(facts.at("real").as_string() == real_name, "written by the build for ",
        facts.at("real").as_string(), ", but this one computes in ", real_name);
}

// One setting; empty where it was not given.
void check_same(const std::string& name, const std::string& before, const std::string& now) {
  const auto said = [](const std::string& words) { return words.empty() ? "not given" : words; };
  check(before == now, "belongs to another run: ", name, " was ", said(before), " there and is ",
        said(now), " here");
}

void check_same_run(const Json& saved,
                    const std::vector<std::pair<std::string, std::string>>& run) {
  for (const auto& [name, now] : run) {
    const Json* const setting = saved.find(name);
    check_same(name, setting == nullptr ? "" : setting->as_string(), now);
  }
  for (const auto& [name, before] : saved.members()) {
    if (find_in(run, name) == nullptr) check_same(name, before.as_string(), "");
  }
}

void check_is_checkpoint(const SafeTensors& file) {
  const bool is_model = file.find_metadata("strata") != nullptr;
  check(file.find_metadata(facts_key) != nullptr && file.find_metadata(checksum_key) != nullptr,
        is_model ? "is a model of Strata, not a checkpoint of its training"
                 : "is a safetensors file, but not a checkpoint of Strata");
}

}  // namespace

void Checkpoint::resume(const std::string& path) {
  const SafeTensors file = read_safetensors(path);
  try {
    check_is_checkpoint(file);
    const Json facts = parse_json(*file.find_metadata(facts_key), "the metadata");
    check_format(facts);
    check(checksum_of(file) == *file.find_metadata(checksum_key),
          "is damaged (its numbers do not have the checksum that it names)");
    check_same_run(facts.at("run"), options_.run);
    for (const Json& stage : facts.at("stages").items())
      stages_.emplace_back(stage.at("name").as_string(), read_stage(file, stage));
  } catch (const Error& error) {
    throw Error(text(path, ": ", error.what()));
  }
}

const State* Checkpoint::begin(const std::string& stage) {
  check(std::find(begun_.begin(), begun_.end(), stage) == begun_.end(),
        "checkpoint: two trainings are called '", stage, "' (give each its own FitOptions::stage)");
  begun_.push_back(stage);
  return find_in(stages_, stage);
}

void Checkpoint::keep(const std::string& stage, State state) {
  if (State* const there = find_in(stages_, stage)) {
    *there = std::move(state);
  } else {
    stages_.emplace_back(stage, std::move(state));
  }
}

void Checkpoint::write() {
  const auto start = Clock::now();
  SafeTensors file;
  Json stages = Json::array();
  for (const auto& [name, state] : stages_) append_stage(file, stages, name, state);
  const Json facts = Json::object(
      {{"format", 1}, {"real", real_name}, {"run", to_json(options_.run)}, {"stages", stages}});
  file.metadata.emplace_back(facts_key, facts.dump());
  file.metadata.emplace_back(checksum_key, checksum_of(file));
  write_safetensors(options_.file, file);
  written_ = Clock::now();
  seconds_to_write_ = seconds_since(start);
}

void Checkpoint::try_to_write() {
  if (!options_.warn) return write();
  try {
    write();
    has_warned_ = false;
  } catch (const Error& error) {
    if (!has_warned_) {
      options_.warn(text(error.what(), "; training goes on, and the checkpoint is tried again"));
    }
    has_warned_ = true;
    written_ = Clock::now();
  }
}

void Checkpoint::write_last() {
  try {
    write();
  } catch (const Error& error) {
    throw Error(text("interrupted, and the checkpoint is not saved: ", error.what()));
  }
  throw Interrupted(options_.file);
}

bool Checkpoint::is_due() const {
  if (!options_.each_epoch || options_.seconds_between == 0) return options_.each_epoch;
  return seconds_since(written_) >= std::max(options_.seconds_between, 10 * seconds_to_write_);
}

// --------------------------------------------------------------------------------------- one stage

TrainingStage::TrainingStage(Checkpoint* checkpoint, std::string name, Remember remember)
    : checkpoint_(checkpoint), name_(std::move(name)), remember_(std::move(remember)) {
  if (checkpoint_ == nullptr) return;
  const State* const kept = checkpoint_->begin(name_);
  if (kept == nullptr) return;
  State state = *kept;
  state.restoring = true;
  try {
    show(state);
  } catch (const Error& error) {
    throw Error(text("the checkpoint does not fit: stage '", name_, "': ", error.what()));
  }
  finished_ = state.finished;
}

void TrainingStage::show(State& state) {
  remember_(state);
  double so_far = seconds();
  state.number("seconds", so_far);
  if (state.restoring) earlier_seconds_ = so_far;
}

void TrainingStage::keep(bool finished) {
  State state;
  state.finished = finished;
  show(state);
  checkpoint_->keep(name_, std::move(state));
}

void TrainingStage::after_step() {
  if (checkpoint_ == nullptr || !checkpoint_->is_interrupted()) return;
  keep(false);
  checkpoint_->write_last();
}

void TrainingStage::after_epoch() {
  after_step();
  if (checkpoint_ == nullptr || !checkpoint_->is_due()) return;
  keep(false);
  checkpoint_->try_to_write();
}

void TrainingStage::finish() {
  if (checkpoint_ == nullptr) return;
  keep(true);
  if (checkpoint_->is_interrupted()) checkpoint_->write_last();
  if (checkpoint_->options_.each_epoch) checkpoint_->try_to_write();
}

void TrainingStage::one_step(Rng& rng, const std::function<void()>& work) {
  const Rng before = rng;
  try {
    work();
  } catch (const Stopped&) {
    rng = before;
    after_step();
    throw;  // nobody keeps it here
  }
}

}  // namespace strata
