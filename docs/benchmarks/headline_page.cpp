// Fills docs/guide/headline.md from what docs/benchmarks/headline.sh left: every number between the page's marks comes from a
// results.json, every picture from a run's folder. A run that was not made leaves its part of the page as it is.
//
//   build/headline_page build/headline docs/guide/headline.md

#include <cstdio>
#include <filesystem>
#include <functional>

#include "core/io/files.hpp"
#include "core/io/json.hpp"

using namespace strata;

namespace {

namespace fs = std::filesystem;

std::string fixed(double value, int decimals) {
  char digits[64];
  std::snprintf(digits, sizeof digits, "%.*f", decimals, value);
  return digits;
}

std::string percent(double share, int decimals = 2) {
  return fixed(100 * share, decimals) + " %";
}

std::string minutes(double seconds) {
  return seconds < 60 ? fixed(seconds, 0) + " s" : fixed(seconds / 60, 1) + " min";
}

std::string row(const std::vector<std::string>& cells) {
  std::string line = "|";
  for (const std::string& cell : cells) line += " " + cell + " |";
  return line + "\n";
}

std::string heading(const std::vector<std::string>& cells) {
  return row(cells) + row(std::vector<std::string>(cells.size(), "---"));
}

// The folder of one run.
struct Run {
  std::string folder;

  bool was_made() const { return fs::exists(folder + "/results.json"); }
  Json results() const { return parse_json(read_file(folder + "/results.json"), folder + "/results.json"); }
  std::string command() const {
    const std::string text = read_file(folder + "/command.txt");
    return text.substr(0, text.find('\n'));
  }
};

const Json& method(const Json& results, const std::string& name) {
  for (const Json& one : results.at("methods").items()) {
    if (one.at("name").as_string() == name) return one;
  }
  throw Error("results.json: there is no method " + name);
}

std::string error_cell(const Json& one, const char* key) {
  return fixed(one.at(key).as_number(), 3);
}

// A deep net's own time: for a fine-tuned one its pretraining is in it.
std::string time_cell(const Json& one) {
  return minutes(one.at("seconds").as_number());
}

// ---- the parts of the page ----------------------------------------------------------------------------------------

struct Named {
  const char* name;
  const char* words;
  const char* literature;  // Hinton and Salakhutdinov 2006, test error
};

std::string table_of_thirty(const Run& run) {
  const Json results = run.results();
  std::string out = heading({"method", "test", "train", "epochs", "time", "2006, test"});
  constexpr Named rows[] = {{"pca", "PCA", "13.87"},
                            {"logistic_pca", "logistic PCA", "8.01"},
                            {"shallow", "shallow autoencoder, 784-30", "–"},
                            {"deep_random", "deep autoencoder, random start", "–"},
                            {"greedy", "deep, pretrained, not fine-tuned", "–"},
                            {"greedy_finetuned", "**deep, pretrained and fine-tuned**", "3.00"}};
  for (const Named& one : rows) {
    const Json& m = method(results, one.name);
    const std::size_t epochs = m.at("epochs").as_size();
    out += row({one.words, error_cell(m, "test_error"), error_cell(m, "train_error"),
                epochs == 0 ? "–" : text(epochs), time_cell(m), one.literature});
  }
  return out;
}

std::string table_of_deep_nets(const Run& run) {
  const Json results = run.results();
  std::string out = heading({"start", "test", "train", "epochs", "time"});
  for (const Json& m : results.at("methods").items()) {
    const std::string& name = m.at("name").as_string();
    const bool is_deep = name == "deep_random" || name.ends_with("finetuned");
    if (!is_deep) continue;
    const Json* kind = m.find("layer_kind");
    out += row({kind == nullptr ? "random" : kind->as_string(), error_cell(m, "test_error"),
                error_cell(m, "train_error"), text(m.at("epochs").as_size()), time_cell(m)});
  }
  return out;
}

std::string table_of_plane(const Run& run) {
  const Json results = run.results();
  std::string out = heading({"two numbers by", "test", "nearest neighbours right"});
  constexpr Named rows[] = {{"pca", "PCA", ""},
                            {"logistic_pca", "logistic PCA", ""},
                            {"deep_random", "deep autoencoder, random start", ""},
                            {"greedy_finetuned", "deep autoencoder, pretrained", ""}};
  for (const Named& one : rows) {
    const Json& m = method(results, one.name);
    out += row({one.words, error_cell(m, "test_error"),
                percent(m.at("neighbour_accuracy").as_number(), 1)});
  }
  return out;
}

std::string table_of_classifiers(const Run& ufldl, const Run& dbn) {
  std::string out = heading({"net", "layers", "fixed features", "fine-tuned", "random start", "time", "literature"});
  const auto add = [&out](const Run& run, const char* net, const char* literature) {
    if (!run.was_made()) return;
    const Json r = run.results();
    std::string widths;
    for (const Json& width : r.at("layers").items())
      widths += text(widths.empty() ? "" : "-", width.as_size());
    out += row({net, widths, percent(r.at("test_accuracy_before").as_number()),
                percent(r.at("test_accuracy_after").as_number()),
                percent(r.at("test_accuracy_random_start").as_number()),
                minutes(r.at("seconds").as_number()), literature});
  };
  add(ufldl, "stacked sparse autoencoder", "87.7 %, 97.6 % (UFLDL)");
  add(dbn, "deep belief net", "98.8 % (Hinton and Salakhutdinov 2006)");
  return out;
}

std::string table_of_few_labels(const Run& run) {
  const Json results = run.results();
  const auto& rows = results.at("few_labels").items();
  if (rows.empty()) return "(this run compared no numbers of labels)\n";
  std::vector<std::string> names = {"labels"};
  for (const auto& [name, score] : rows.front().members()) {
    if (name != "labels") names.push_back(name);
  }
  std::string out = heading(names);
  for (const Json& one : rows) {
    std::vector<std::string> cells = {text(one.at("labels").as_size())};
    for (std::size_t k = 1; k < names.size(); ++k) {
      const Json& score = one.at(names[k]);
      cells.push_back(fixed(100 * score.at("mean").as_number(), 1) + " ± " +
                      fixed(100 * score.at("deviation").as_number(), 1));
    }
    out += row(cells);
  }
  return out;
}

std::string list_of_runs(const std::vector<Run>& runs, const std::string& folder) {
  std::string out = "```text\n" + read_file(folder + "/machine.txt");
  for (const Run& run : runs) {
    if (!run.was_made()) continue;
    const Json r = run.results();
    out += text("\n", run.command(), "\n  seed ", r.at("seed").as_size(), ", ", r.at("real").as_string(), ", ",
                r.at("threads").as_size(), " threads, ", read_file(run.folder + "/time.txt"));
  }
  return out + "```\n";
}

// ---- putting them in ----------------------------------------------------------------------------------------------

// What stands between <!-- NAME --> and <!-- end of NAME -->.
void fill(std::string& page, const std::string& name, const std::string& content) {
  const std::string begin = "<!-- " + name + " -->\n", end = "<!-- end of " + name + " -->";
  const std::size_t from = page.find(begin), to = page.find(end);
  check(from != std::string::npos && to != std::string::npos && from < to, "the page has no marks for ", name);
  page.replace(from + begin.size(), to - from - begin.size(), "\n" + content + "\n");
}

void copy_picture(const Run& run, const std::string& file, const std::string& page, const std::string& name) {
  const fs::path target = fs::path(page).parent_path() / "pictures" / name;
  fs::copy_file(run.folder + "/" + file, target, fs::copy_options::overwrite_existing);
}

void fill_page(const std::string& folder, const std::string& path) {
  const auto run = [&folder](const char* name) { return Run{folder + "/" + name}; };
  const Run thirty = run("thirty"), best = run("best"), relu = run("relu"), plane = run("plane"), ways = run("ways"),
            ufldl = run("ufldl"), dbn = run("dbn");
  std::string page = read_file(path);
  if (thirty.was_made()) {
    fill(page, "thirty", table_of_thirty(thirty));
    copy_picture(thirty, "methods.png", path, "headline-methods.png");
    copy_picture(thirty, "curves.svg", path, "headline-curves.svg");
  }
  if (best.was_made()) fill(page, "best", table_of_deep_nets(best));
  if (relu.was_made()) fill(page, "relu", table_of_deep_nets(relu));
  if (plane.was_made()) {
    fill(page, "plane", table_of_plane(plane));
    copy_picture(plane, "map-pca.svg", path, "headline-map-pca.svg");
    copy_picture(plane, "map-deep.svg", path, "headline-map-deep.svg");
  }
  if (ways.was_made()) {
    fill(page, "ways", table_of_deep_nets(ways));
    copy_picture(ways, "curves.svg", path, "headline-ways.svg");
  }
  if (ufldl.was_made() || dbn.was_made()) fill(page, "classifiers", table_of_classifiers(ufldl, dbn));
  if (ufldl.was_made()) fill(page, "few labels", table_of_few_labels(ufldl));
  fill(page, "runs", list_of_runs({thirty, best, relu, plane, ways, ufldl, dbn}, folder));
  write_file(path, page);
}

}  // namespace

int main(int count, char** arguments) {
  if (count != 3) {
    std::fprintf(stderr, "usage: headline_page FOLDER PAGE.md\n");
    return 2;
  }
  try {
    fill_page(arguments[1], arguments[2]);
  } catch (const std::exception& error) {
    std::fprintf(stderr, "headline_page: %s\n", error.what());
    return 1;
  }
  std::printf("filled %s\n", arguments[2]);
  return 0;
}
