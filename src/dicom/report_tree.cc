#include "dicom/report_tree.h"

#include <dcmtk/config/osconfig.h>
#include <dcmtk/dcmdata/dcfilefo.h>
#include <dcmtk/dcmsr/dsrdoc.h>

#include "core/error.h"
#include "dicom/codes.h"
#include "dicom/object_tag.h"
#include "dicom/transfer_syntax.h"

namespace mammograft {
namespace {

void check_report(const OFCondition& done, const char* what) {
  ensure(done.good(), "structured report: {}: {}", what, done.text());
}

DSRTypes::E_RelationshipType type_of(Relation relation) {
  switch (relation) {
    case Relation::contains:
      return DSRTypes::RT_contains;
    case Relation::has_observation_context:
      return DSRTypes::RT_hasObsContext;
    case Relation::has_acquisition_context:
      return DSRTypes::RT_hasAcqContext;
    case Relation::has_concept_modifier:
      return DSRTypes::RT_hasConceptMod;
    case Relation::has_properties:
      return DSRTypes::RT_hasProperties;
    case Relation::inferred_from:
      return DSRTypes::RT_inferredFrom;
    case Relation::selected_from:
      return DSRTypes::RT_selectedFrom;
  }
  return DSRTypes::RT_invalid;
}

DSRCodedEntryValue entry_of(const Code& code) {
  return {code.value.c_str(), code.scheme.c_str(), code.meaning.c_str()};
}

DSRContentItem& current(DSRDocument* report) { return report->getTree().getCurrentContentItem(); }

DSRSpatialCoordinatesValue coordinates(DSRTypes::E_GraphicType type, const Polygon& points) {
  DSRSpatialCoordinatesValue value(type);
  for (const Point& point : points) {
    value.getGraphicDataList().addItem(static_cast<Float32>(point.x),
                                       static_cast<Float32>(point.y));
  }
  return value;
}

DSRTypes::E_DocumentType document_type(ReportTree::Class report_class) {
  return report_class == ReportTree::Class::mammography_cad ? DSRTypes::DT_MammographyCadSR
                                                            : DSRTypes::DT_ComprehensiveSR;
}

// The content and what belongs to it lie in this group; the rest of the header is written by
// mammograft, as DCMTK takes the time and new UIDs by itself.
constexpr uint16_t kContentGroup = 0x0040;

void copy_content(DcmItem& from, DcmItem& to) {
  for (unsigned long i = 0; i < from.card(); ++i) {
    DcmElement* element = from.getElement(i);
    if (element->getGTag() != kContentGroup) continue;
    check_report(to.insert(static_cast<DcmElement*>(element->clone()), /*replaceOld=*/OFTrue),
                 "content");
  }
}

}  // namespace

ReportItem ReportItem::add(Relation relation, int value_type, const Code* name) const {
  DSRDocumentTree& tree = report_->getTree();
  ensure(tree.gotoNode(node_) > 0, "structured report: no node {}", node_);
  const size_t node = tree.addContentItem(
      type_of(relation), static_cast<DSRTypes::E_ValueType>(value_type), DSRTypes::AM_belowCurrent);
  ensure(node > 0, "structured report: {} may not stand there", name ? name->meaning : "an image");
  if (name != nullptr) check_report(current(report_).setConceptName(entry_of(*name)), "a name");
  return {report_, node};
}

ReportItem ReportItem::add_text(Relation relation, int value_type, const Code& name,
                                const std::string& value) const {
  const ReportItem added = add(relation, value_type, &name);
  check_report(current(report_).setStringValue(value.c_str()), name.meaning.c_str());
  return added;
}

ReportItem ReportItem::container(Relation relation, const Code& name) const {
  return add(relation, DSRTypes::VT_Container, &name);
}

ReportItem ReportItem::code(Relation relation, const Code& name, const Code& value) const {
  const ReportItem added = add(relation, DSRTypes::VT_Code, &name);
  check_report(current(report_).setCodeValue(entry_of(value)), "a code");
  return added;
}

ReportItem ReportItem::text(Relation relation, const Code& name, const std::string& value) const {
  return add_text(relation, DSRTypes::VT_Text, name, value);
}

ReportItem ReportItem::number(Relation relation, const Code& name, double value,
                              const Code& unit) const {
  const ReportItem added = add(relation, DSRTypes::VT_Num, &name);
  const std::string digits = fmt::format("{:.5g}", value);
  check_report(current(report_).setNumericValue({digits.c_str(), entry_of(unit)}), "a number");
  return added;
}

ReportItem ReportItem::uid(Relation relation, const Code& name, const std::string& value) const {
  return add_text(relation, DSRTypes::VT_UIDRef, name, value);
}

ReportItem ReportItem::date(Relation relation, const Code& name, const std::string& value) const {
  return add_text(relation, DSRTypes::VT_Date, name, value);
}

ReportItem ReportItem::time(Relation relation, const Code& name, const std::string& value) const {
  return add_text(relation, DSRTypes::VT_Time, name, value);
}

ReportItem ReportItem::image(Relation relation, const Mammogram& image) const {
  const ReportItem added = add(relation, DSRTypes::VT_Image, nullptr);
  // Unchecked: DCMTK knows the classes of its day only.
  const DSRImageReferenceValue value(image.sop_class.c_str(), image.instance.c_str(), OFFalse);
  check_report(current(report_).setImageReference(value, OFFalse), "an image");
  return added;
}

ReportItem ReportItem::point(Relation relation, const Code& name, const Point& value) const {
  const ReportItem added = add(relation, DSRTypes::VT_SCoord, &name);
  check_report(current(report_).setSpatialCoordinates(coordinates(DSRTypes::GT_Point, {value})),
               "a point");
  return added;
}

ReportItem ReportItem::polyline(Relation relation, const Code& name, const Polygon& value) const {
  const ReportItem added = add(relation, DSRTypes::VT_SCoord, &name);
  check_report(current(report_).setSpatialCoordinates(coordinates(DSRTypes::GT_Polyline, value)),
               "an outline");
  return added;
}

void ReportItem::refer(Relation relation, const ReportItem& other) const {
  DSRDocumentTree& tree = report_->getTree();
  ensure(tree.gotoNode(node_) > 0, "structured report: no node {}", node_);
  ensure(tree.addByReferenceRelationship(type_of(relation), other.node_) > 0,
         "structured report: a reference may not stand there");
}

ReportTree::ReportTree(Class report_class, const Code& title, const std::string& template_number)
    : report_(std::make_unique<DSRDocument>(document_type(report_class))) {
  DSRDocumentTree& tree = report_->getTree();
  root_ = tree.addContentItem(DSRTypes::RT_isRoot, DSRTypes::VT_Container);
  ensure(root_ > 0, "structured report: no root");
  check_report(current(report_.get()).setConceptName(entry_of(title)), "a title");
  check_report(current(report_.get()).setTemplateIdentification(template_number.c_str(), "DCMR"),
               "a template");
}

ReportTree::~ReportTree() = default;

ReportItem ReportTree::root() const { return {report_.get(), root_}; }

void ReportTree::write(const std::filesystem::path& path, ObjectKind kind,
                       const std::vector<SearchedImage>& images, const Algorithm& algorithm,
                       const ContentTime& time) const {
  for (const SearchedImage& image : images) {
    const Mammogram& m = image.mammogram;
    check_report(
        report_->getCurrentRequestedProcedureEvidence().addItem(
            m.study.c_str(), m.series.c_str(), m.sop_class.c_str(), m.instance.c_str(), OFFalse),
        "evidence");
  }
  check_report(report_->completeDocument(), "complete");
  DcmDataset written;
  check_report(report_->write(written), "the tree");
  OFString sop_class;
  check_report(report_->getSOPClassUID(sop_class), "its class");
  kind.sop_class.assign(sop_class.data(), sop_class.size());
  NewDicom object;
  copy_content(written, *object.format().getDataset());
  write_object_header(object.data(), kind, images, algorithm, time);
  write_content_time(object.data(), time);
  object.data().set_empty(tags::kReferencedPerformedProcedureStepSequence);
  object.write(path, transfer_syntax::kExplicitLittleEndian);
}

void add_algorithm(const ReportItem& to, Relation relation, const Algorithm& algorithm) {
  to.text(relation, codes::kAlgorithmName, algorithm.name);
  to.text(relation, codes::kAlgorithmVersion, algorithm.version);
  for (const std::string& line : parameters_of(algorithm))
    to.text(relation, codes::kAlgorithmParameters, line);
}

}  // namespace mammograft
