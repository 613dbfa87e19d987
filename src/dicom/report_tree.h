// The content of a structured report that is being written (PS3.3 C.17.3): a tree of items, each a
// name and a value. DCMTK refuses what the kind of report does not allow.
#pragma once

#include <filesystem>
#include <memory>

#include "dicom/code.h"
#include "dicom/object_header.h"

class DSRDocument;

namespace mammograft {

// How an item belongs to the one above it.
enum class Relation {
  contains,
  has_observation_context,
  has_acquisition_context,
  has_concept_modifier,
  has_properties,
  inferred_from,
  selected_from,
};

// An item of a tree, which must outlive it. Each function adds a child and returns it.
class ReportItem {
 public:
  ReportItem container(Relation relation, const Code& name) const;
  ReportItem code(Relation relation, const Code& name, const Code& value) const;
  ReportItem text(Relation relation, const Code& name, const std::string& value) const;
  ReportItem number(Relation relation, const Code& name, double value, const Code& unit) const;
  ReportItem uid(Relation relation, const Code& name, const std::string& value) const;
  ReportItem date(Relation relation, const Code& name, const std::string& value) const;
  ReportItem time(Relation relation, const Code& name, const std::string& value) const;
  ReportItem image(Relation relation, const Mammogram& image) const;
  ReportItem point(Relation relation, const Code& name, const Point& value) const;
  ReportItem polyline(Relation relation, const Code& name, const Polygon& value) const;
  void refer(Relation relation, const ReportItem& other) const;  // to one that is in the tree

 private:
  friend class ReportTree;
  ReportItem(DSRDocument* report, size_t node) : report_(report), node_(node) {}
  ReportItem add(Relation relation, int value_type, const Code* name) const;
  ReportItem add_text(Relation relation, int value_type, const Code& name,
                      const std::string& value) const;
  DSRDocument* report_;
  size_t node_;
};

class ReportTree {
 public:
  enum class Class { mammography_cad, comprehensive };
  // `template_number`: that of the root ("4000").
  ReportTree(Class report_class, const Code& title, const std::string& template_number);
  ~ReportTree();
  ReportItem root() const;
  // Names the images as evidence, whether an item refers to them or not. The kind's SOP class is
  // that of the tree. Throws io.
  void write(const std::filesystem::path& path, ObjectKind kind,
             const std::vector<SearchedImage>& images, const Algorithm& algorithm,
             const ContentTime& time) const;

 private:
  std::unique_ptr<DSRDocument> report_;
  size_t root_ = 0;
};

// Name, version and parameters of the algorithm as children of the item (TID 4019).
void add_algorithm(const ReportItem& to, Relation relation, const Algorithm& algorithm);

}  // namespace mammograft
