#pragma once
// Pages that stand alone: one file, no script, no font or picture from elsewhere, for light and
// dark, phone and print.

#include <string>
#include <string_view>

namespace strata {

/// & < > " ' as entities, so that any text can stand in an element or a quoted attribute.
std::string escape_html(std::string_view text);

/// A whole page. `title` is escaped here; `body` and `extra_css` are put in as they are. Within the
/// body:
///   <h1>, <p class="lead">       the heading and the sentence below it
///   <figure>…<figcaption>        a chart, picture or table with its caption; not torn apart in print
///   <div class="table">          around a <table>, so that it scrolls by itself on a phone;
///                                <td class="number">
///   <div class="row">            figures side by side where there is room
///   <img class="pixels">         pictures whose pixels are to be seen
/// The CSS variables --paper, --ink, --muted, --grid and --accent can be used in extra_css.
std::string html_page(const std::string& title, const std::string& body,
                      const std::string& extra_css = "");

}  // namespace strata
