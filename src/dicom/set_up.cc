#include "dicom/set_up.h"

#include <dcmtk/config/osconfig.h>
#include <dcmtk/dcmdata/dcdeftag.h>
#include <dcmtk/dcmdata/dcobject.h>
#include <dcmtk/dcmdata/dcrledrg.h>
#include <dcmtk/dcmdata/dcrleerg.h>
#include <dcmtk/dcmjpeg/djdecode.h>
#include <dcmtk/dcmjpeg/djencode.h>
#include <dcmtk/dcmjpls/djdecode.h>
#include <dcmtk/dcmjpls/djencode.h>
#include <dcmtk/oflog/oflog.h>

namespace mammograft {
namespace {

bool set_up() {
  OFLog::configure(OFLogger::OFF_LOG_LEVEL);
  // Not dcmIgnoreParsingErrors, under which DCMTK 3.6.7 reads beyond its buffers.
  dcmStopParsingAfterElement.set(DCM_PixelData);  // what trails behind is none of ours
  dcmAcceptUnexpectedImplicitEncoding.set(OFTrue);
  DJDecoderRegistration::registerCodecs(EDC_photometricInterpretation, EUC_never, EPC_colorByPixel);
  DJLSDecoderRegistration::registerCodecs(EJLSUC_never, EJLSPC_colorByPixel);
  DcmRLEDecoderRegistration::registerCodecs();
  // All values that the bits can hold, not those in use: values come back as they were, nearly.
  DJEncoderRegistration::registerCodecs(ECC_lossyYCbCr, EUC_never, OFFalse, 0, 0, 0, OFTrue,
                                        ESS_444, OFTrue, OFFalse, 0, 0, 0, 0, 0, 0, 0, 0,
                                        /*pUsePixelValues=*/OFFalse);
  // Values as they are: not "cooked", which goes by a rendering and fails on signed ones.
  DJLSEncoderRegistration::registerCodecs(0, 0, 0, 0, /*preferCookedEncoding=*/OFFalse, 0, OFTrue,
                                          EJLSUC_never);
  DcmRLEEncoderRegistration::registerCodecs();
  return true;
}

}  // namespace

void set_up_dcmtk() {
  static const bool done = set_up();
  (void)done;
}

}  // namespace mammograft
