#pragma once
// Pages that stand alone: one file, no script, no font or picture from elsewhere, for light and
// dark, phone and print.

#include <string>
#include <string_view>
#include <vector>

#include "core/check.hpp"

namespace strata {

/// & < > " ' as entities, so that any text can stand in an element or a quoted attribute.
std::string escape_html(std::string_view text);

/// `words` with each {} replaced by the next of the values. Throws Error unless there are as many
/// of them.
std::string filled_in(const std::string& words, const std::vector<std::string>& values);
template <class... Values>
std::string say(const std::string& words, const Values&... values) {
  return filled_in(words, {text(values)...});
}

/// A whole page. `title` is escaped here; `body` and `extra_css` are put in as they are. Within the
/// body:
///   <h1>, <p class="lead">       the heading and the sentence below it
///   <figure>…<figcaption>        a chart, picture or table with its caption, whole in print
///   <div class="table">          around a <table>, so that it scrolls by itself on a phone;
///                                <td class="number">
///   <div class="row">            figures side by side where there is room
///   <img class="pixels">         pictures whose pixels are to be seen
/// The CSS variables --paper, --ink, --muted, --grid and --accent can be used in extra_css.
std::string html_page(const std::string& title, const std::string& body,
                      const std::string& extra_css = "");

}  // namespace strata
