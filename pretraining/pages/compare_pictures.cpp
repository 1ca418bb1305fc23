// The pictures on the page of the family: family_page.hpp.

#include "core/charts/html.hpp"
#include "core/charts/svg.hpp"
#include "pretraining/pages/compare.hpp"
#include "pretraining/pages/pretrain_figures.hpp"

namespace strata::report {

std::string error_and_neighbours(const Family& family) {
  if (!family.has_neighbours()) return "";
  Tensor points({family.members.size(), 2});
  std::vector<std::size_t> classes;
  ScatterOptions options;
  for (const FamilyMember& m : family.members) {
    points(classes.size(), 0) = Real(*m.test_error);
    points(classes.size(), 1) = Real(100 * *m.measures.neighbour_accuracy);
    classes.push_back(classes.size());
    options.class_names.push_back(text(member_name(m), " (", m.code_size, ")"));
  }
  options.title = "Error and neighbours";
  options.x_label = "test error";
  options.y_label = "right by neighbours, %";
  options.width = 640;
  options.height = 400;
  return figure(
      scatter_plot(points, classes, options),
      "Each member, with the size of its code. To the left: it reconstructs well; upwards: its "
      "codes keep the classes together. Look for members that are good at one of the two only.");
}

std::string family_strips(const Family& family) {
  const Dataset& shown = family.pictured;
  if (shown.image == ImageShape{}) return "";
  std::string labels, out = "<div class=\"strips\">\n";
  for (int label : shown.labels) labels += text(labels.empty() ? " of classes " : ", ", label);
  for (const FamilyMember& m : family.members) {
    const std::string name = m.name == "raw" ? "original" : member_name(m);
    const std::string detail = m.name == "raw" ? ""
                                               : text("code of ", m.code_size, ", error ",
                                                      number(m.test_error.value_or(m.train_error)));
    out += strip(escape_html(name), detail, m.reconstructions, shown.image,
                 m.name == "raw" ? text(shown.size(), " pictures", labels)
                                 : "the same pictures, reconstructed by: " + name);
  }
  return figure(
      out + "</div>",
      text(family.has_test() ? "Test pictures" : "Training pictures", labels,
           ", and what each member makes of them. Look down a column: a stroke that fades, a "
           "digit that turns into another. The fewer numbers in the code, the sooner."));
}

std::string family_maps(const Family& family) {
  if (family.judged.size() < 3) return "";
  std::vector<std::string> figures;
  for (const FamilyMember& m : family.members) {
    const std::string how = m.code_size == 2 ? "the code's two numbers"
                            : m.code_size == 1
                                ? "the code's number to the right, the examples upwards"
                                : text("the two leading directions of ", m.code_size, " numbers");
    figures.push_back(figure(small_map(member_name(m), m.codes, family.judged, 360),
                             text("<b>", escape_html(member_name(m)), "</b>: ", how, ".")));
  }
  return "<p>The same examples, placed by the code of each member. Look for clumps of one class, "
         "and for how "
         "much of the plane is used. A map of two directions hides the others: classes that "
         "overlap here may "
         "lie apart in the whole code.</p>\n" +
         beside(figures);
}

}  // namespace strata::report
