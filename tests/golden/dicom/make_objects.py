"""Writes regions.dcm (a measurement report) and segments.dcm (a segmentation) about one small mammogram, as
highdicom 0.28 makes them; src/dicom/*_test.cc reads them back. Run with the python of .venv."""
import pathlib

import highdicom as hd
import numpy as np
from highdicom import sr
from pydicom.dataset import Dataset, FileMetaDataset
from pydicom.sr.codedict import codes
from pydicom.uid import ExplicitVRLittleEndian

HERE = pathlib.Path(__file__).parent
ROWS, COLUMNS = 12, 10


def mammogram():
    image = Dataset()
    image.file_meta = FileMetaDataset()
    image.file_meta.TransferSyntaxUID = ExplicitVRLittleEndian
    image.SOPClassUID = "1.2.840.10008.5.1.4.1.1.1.2"
    image.SOPInstanceUID, image.SeriesInstanceUID, image.StudyInstanceUID = "2.25.1", "2.25.2", "2.25.3"
    image.PatientName, image.PatientID, image.PatientBirthDate, image.PatientSex = "", "p1", "", ""
    image.StudyID, image.StudyDate, image.StudyTime = "", "20260130", "101500"
    image.AccessionNumber, image.ReferringPhysicianName = "", ""
    image.Modality, image.InstanceNumber = "MG", 1
    image.Rows, image.Columns = ROWS, COLUMNS
    image.BitsAllocated, image.BitsStored, image.HighBit, image.PixelRepresentation = 16, 12, 11, 0
    image.SamplesPerPixel, image.PhotometricInterpretation = 1, "MONOCHROME2"
    image.PixelData = bytes(2 * ROWS * COLUMNS)
    return image


def group(image, number, shape, points):
    region = sr.ImageRegion(graphic_type=shape, graphic_data=np.array(points, float),
                            source_image=sr.SourceImageForRegion.from_source_image(image))
    return sr.PlanarROIMeasurementsAndQualitativeEvaluations(
        referenced_region=region, finding_type=codes.SCT.Mass,
        tracking_identifier=sr.TrackingIdentifier(uid=f"2.25.9{number}", identifier=f"mass {number}"))


def report(image):
    observer = sr.ObserverContext(
        observer_type=codes.DCM.Device,
        observer_identifying_attributes=sr.DeviceObserverIdentifyingAttributes(uid="2.25.4"))
    shapes = sr.GraphicTypeValues
    content = sr.MeasurementReport(
        observation_context=sr.ObservationContext(observer_device_context=observer),
        procedure_reported=codes.LN.CTUnspecifiedBodyRegion,
        imaging_measurements=[
            group(image, 1, shapes.POLYLINE, [[1.5, 2], [7, 2], [6, 8.25], [1.5, 2]]),
            group(image, 2, shapes.CIRCLE, [[5, 6], [5, 9]]),
            group(image, 3, shapes.ELLIPSE, [[1, 6], [9, 6], [5, 4], [5, 8]]),
        ])
    made = sr.ComprehensiveSR(evidence=[image], content=content, series_instance_uid="2.25.5",
                              series_number=1, sop_instance_uid="2.25.6", instance_number=1,
                              manufacturer="mammograft")
    made.save_as(HERE / "regions.dcm", enforce_file_format=True)


def segmentation(image):
    def segment(number, kind):
        return hd.seg.SegmentDescription(
            segment_number=number, segment_label=f"segment {number}",
            segmented_property_category=codes.SCT.MorphologicallyAbnormalStructure,
            segmented_property_type=kind, algorithm_type=hd.seg.SegmentAlgorithmTypeValues.MANUAL)

    masks = np.zeros((1, ROWS, COLUMNS, 2), np.uint8)
    masks[0, 2:5, 3:9, 0] = 1  # rows 2 to 4, columns 3 to 8
    masks[0, 11, 9, 1] = 1  # the last pixel
    made = hd.seg.Segmentation(
        source_images=[image], pixel_array=masks, segmentation_type="BINARY",
        segment_descriptions=[segment(1, codes.SCT.Mass), segment(2, codes.SCT.Breast)],
        series_instance_uid="2.25.7", series_number=2, sop_instance_uid="2.25.8", instance_number=1,
        manufacturer="mammograft", manufacturer_model_name="golden", software_versions="1",
        device_serial_number="1")
    made.save_as(HERE / "segments.dcm", enforce_file_format=True)


if __name__ == "__main__":
    report(mammogram())
    segmentation(mammogram())
