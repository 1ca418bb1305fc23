#include "pretraining/pages/pretrain_figures.hpp"

#include <algorithm>
#include <cctype>
#include <cmath>
#include <iomanip>
#include <map>
#include <sstream>

#include "core/charts/html.hpp"

namespace strata::report {

std::string plain_name(const std::string& method) {
  if (method == "pca") return "PCA, the best linear code";
  if (method == "logistic_pca") return "logistic PCA, fitted by cross-entropy";
  if (method == "shallow") return "shallow autoencoder, one layer to the code";
  if (method == "deep_random") return "deep autoencoder, random start";
  if (method == "greedy") return "deep autoencoder, pretrained layer by layer";
  if (method == "greedy_finetuned") return "deep autoencoder, pretrained, then fine-tuned";
  return pretrained_in_words(method, true);
}

std::string short_name(const std::string& method) {
  if (method == "pca") return "PCA";
  if (method == "logistic_pca") return "logistic PCA";
  if (method == "deep_random") return "deep, random start";
  if (method == "greedy") return "deep, pretrained";
  if (method == "greedy_finetuned") return "deep, fine-tuned";
  return pretrained_in_words(method, false);
}

std::string fixed_number(double value, int decimals) {
  std::ostringstream out;
  out << (value < 0 ? "−" : "") << std::fixed << std::setprecision(decimals) << std::abs(value);
  return out.str();
}

std::string number(double value) {
  const double size = std::abs(value);
  if (size == 0 || (size >= 0.1 && size < 1e5)) return fixed_number(value, 3);
  std::ostringstream out;
  out << (value < 0 ? "−" : "") << std::setprecision(4) << size;
  return out.str();
}

std::string in_words(double value) {
  return value != 0 && std::abs(value) < 0.001 ? "below 0.001" : number(value);
}

std::string seconds_text(double seconds) {
  return seconds < 0.005 ? "&lt;0.01"
                         : fixed_number(seconds, seconds < 10    ? 2
                                                 : seconds < 100 ? 1
                                                                 : 0);
}

std::string counted(std::size_t count, const std::string& thing) {
  return text(count, " ", thing, count == 1 ? "" : "s");
}

std::string capitalised(std::string words) {
  if (!words.empty()) words[0] = char(std::toupper(static_cast<unsigned char>(words[0])));
  return words;
}

std::string table(const std::string& caption, const std::vector<std::string>& columns,
                  const std::string& rows, const std::string& css_class) {
  std::string head;
  for (const std::string& one : columns) {
    head += (head.empty() ? "<th scope=\"col\">" : "<th scope=\"col\" class=\"number\">") + one +
            "</th>";
  }
  const std::string of_class = css_class.empty() ? "" : " class=\"" + css_class + "\"";
  return "<div class=\"table\"><table" + of_class + ">\n<caption>" + caption +
         "</caption>\n<thead><tr>" + head + "</tr></thead>\n<tbody>\n" + rows +
         "</tbody>\n</table></div>\n";
}

std::string table_row(const std::string& name, const std::vector<std::string>& cells) {
  std::string out = "<tr><th scope=\"row\">" + name + "</th>";
  for (const std::string& cell : cells) out += "<td class=\"number\">" + cell + "</td>";
  return out + "</tr>\n";
}

std::string figure(const std::string& content, const std::string& caption) {
  return "<figure>\n" + content + "\n<figcaption>" + caption + "</figcaption>\n</figure>\n";
}

std::string beside(const std::vector<std::string>& figures) {
  std::string out = "<div class=\"row\">\n";
  for (const std::string& one : figures) out += one;
  return out + "</div>\n";
}

std::size_t tiles_that_fit(ImageShape image, std::size_t most) {
  constexpr std::size_t most_pixels = 300'000;
  return std::clamp<std::size_t>(most_pixels / (image.height * image.width), 1, most);
}

namespace {

std::string picture(const GreyImage& image, const std::string& alt, std::size_t scale) {
  return text("<img class=\"pixels\" width=\"", image.width * scale, "\" height=\"",
              image.height * scale, "\" alt=\"", escape_html(alt), "\" src=\"",
              png_data_uri(png_grey(image)), "\">");
}

}  // namespace

std::string tiles(const Tensor& X, ImageShape image, std::size_t columns, GridRange range,
                  const std::string& alt) {
  constexpr std::size_t widest_picture = 440, widest_tile = 64;
  const GreyImage grid = image_grid(X, image.height, image.width, columns, range);
  const std::size_t scale = std::min(widest_picture / grid.width, widest_tile / (image.width + 1));
  return picture(grid, alt, std::max<std::size_t>(scale, 1));
}

std::vector<std::size_t> rows_to_show(const Dataset& data, std::size_t most) {
  std::map<int, std::vector<std::size_t>> by_class;
  for (std::size_t i = 0; i < data.size(); ++i)
    by_class[data.has_labels() ? data.labels[i] : 0].push_back(i);
  std::vector<std::size_t> chosen;
  for (std::size_t turn = 0; chosen.size() < std::min(most, data.size()); ++turn) {
    for (const auto& [label, members] : by_class) {
      if (turn < members.size() && chosen.size() < most) chosen.push_back(members[turn]);
    }
  }
  return chosen;
}

std::string strip(const std::string& name, const std::string& detail, const Tensor& X,
                  ImageShape image, const std::string& alt, GridRange range) {
  const GreyImage grid = image_grid(X, image.height, image.width, X.rows(), range);
  return "<p>" + name + " <span>" + detail + "</span></p>\n" +
         picture(grid, alt, std::max<std::size_t>(1, 540 / grid.width)) + "\n";
}

std::string section(const std::string& heading, const std::string& content) {
  return content.empty() ? "" : "<section>\n<h2>" + heading + "</h2>\n" + content + "</section>\n";
}

namespace {

std::string reconstruction_strips(const Dataset& data, const std::vector<Reconstruction>& all,
                                  std::size_t code_size, const std::string& part) {
  const std::vector<std::size_t> rows = rows_to_show(data, 10);
  std::string labels;
  for (std::size_t i : rows) {
    if (data.has_labels()) labels += text(labels.empty() ? " of classes " : ", ", data.labels[i]);
  }
  std::string out = "<div class=\"strips\">\n";
  out += strip("original", "", rows_at(data.X, rows), data.image,
               text(rows.size(), " ", part, " pictures", labels));
  for (const Reconstruction& one : all) {
    out += strip(one.name, "error " + number(one.error), rows_at(one.X, rows), data.image,
                 "the same pictures, reconstructed by: " + one.words);
  }
  return figure(out + "</div>",
                text(capitalised(part), " pictures", labels, ", and below each what ",
                     all.size() > 1 ? "every method" : "the model", " makes of it from ",
                     counted(code_size, "number"), ". The error is that of all ", part,
                     " pictures. Look down a column: what becomes blurred, and which "
                     "pictures turn into another."));
}

// One feature of a test example, and what each method makes of it, to four digits of the largest.
std::string feature_row(const Dataset& data, const std::vector<Reconstruction>& all, std::size_t i,
                        std::size_t j) {
  std::vector<double> values = {double(data.X(i, j))};
  for (const Reconstruction& one : all) values.push_back(double(one.X(i, j)));
  double largest = 0;
  for (double value : values) largest = std::max(largest, std::abs(value));
  const int decimals = largest > 0 ? std::clamp(3 - int(std::floor(std::log10(largest))), 0, 9) : 0;
  std::string out = text("<tr><th scope=\"row\">row ", i + 1, ", feature&nbsp;", j + 1, "</th>");
  for (double value : values)
    out += "<td class=\"number\">" + fixed_number(value, decimals) + "</td>";
  return out + "</tr>\n";
}

std::string reconstruction_table(const Dataset& data, const std::vector<Reconstruction>& all,
                                 std::size_t code_size, const std::string& part) {
  constexpr std::size_t most_features = 6;
  std::vector<std::size_t> rows = rows_to_show(data, 3);
  std::sort(rows.begin(), rows.end());
  const std::size_t features = std::min(data.features(), most_features);
  std::string out = text(
      "<div class=\"table\"><table>\n<caption>", counted(rows.size(), part + " example"), ", ",
      features < data.features() ? text("the first ", features, " of ") : "all ", data.features(),
      " features, as ", all.size() > 1 ? "each method reconstructs" : "the model reconstructs",
      " them from ", counted(code_size, "number"),
      all.size() > 1 ? ". Look for the features that only some methods keep." : ".",
      "</caption>\n");
  out += "<thead><tr><th scope=\"col\">" + part +
         " row, feature</th><th scope=\"col\" class=\"number\">original</th>";
  for (const Reconstruction& one : all) {
    out += "<th scope=\"col\" class=\"number\">" + one.name + "</th>";
  }
  out += "</tr></thead>\n<tbody>\n";
  for (std::size_t i : rows) {
    for (std::size_t j = 0; j < features; ++j) out += feature_row(data, all, i, j);
  }
  return out + "</tbody>\n</table></div>\n";
}

}  // namespace

std::string reconstructions(const Dataset& data, const std::vector<Reconstruction>& all,
                            std::size_t code_size, const std::string& part) {
  return data.image == ImageShape{} ? reconstruction_table(data, all, code_size, part)
                                    : reconstruction_strips(data, all, code_size, part);
}

std::string reconstructions(const Comparison& c) {
  std::vector<Reconstruction> all;
  for (const MethodResult& m : c.methods) {
    const std::string name = name_with_way(c, m);
    all.push_back({short_name(name), plain_name(name), m.test_error, m.test_reconstructions});
  }
  return reconstructions(c.test, all, c.code_size());
}

std::string figures_css() {
  return R"css(
body { max-width: 62rem; }
main p, main ul, figcaption, caption { max-width: 44rem; }
th[scope="row"] { font-weight: 500; }
thead th.number { white-space: normal; vertical-align: bottom; }
tr.best th, tr.best td { font-weight: 700; }
.strips { display: grid; grid-template-columns: 9.5rem minmax(0, 34rem); gap: 0.3rem 1rem; align-items: center; }
.strips p { margin: 0; line-height: 1.3; font-size: 0.95rem; }
.strips span { color: var(--muted); font-size: 0.85rem; display: block; }
.strips img { display: block; width: 100%; height: auto; }
@media screen and (max-width: 40rem) {
  table { font-size: 0.78rem; }
  caption { font-size: 0.9rem; }
  th, td { padding-right: 0.4rem; }
  caption { max-width: calc(100vw - 2.5rem); }
  .strips { grid-template-columns: minmax(0, 1fr); gap: 0.2rem; }
  .strips p { margin-top: 0.5rem; }
  .strips span { display: inline; }
}
)css";
}

}  // namespace strata::report
