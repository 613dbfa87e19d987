# RJafroc reads what src/exchange/rjafroc_file.h wrote, and finds the figures of merit of the golden
# file again. Run by hand:
#
#   MAMMOGRAFT_STUDY_FOLDER=FOLDER build/bin/exchange_test --gtest_filter='RjafrocFile.WritesTheGolden*'
#   Rscript read_back.R REPOSITORY FOLDER
#
# REPOSITORY as in ../golden/evaluate/make_rjafroc.R; Debian's r-cran-jsonlite is needed too.

here <- dirname(sub("--file=", "", grep("--file=", commandArgs(FALSE), value = TRUE)))
golden_folder <- file.path(here, "../golden/evaluate")
source(file.path(golden_folder, "source_rjafroc.R"))
arguments <- commandArgs(trailingOnly = TRUE)
invisible(source_rjafroc(arguments[1]))

golden <- jsonlite::fromJSON(file.path(golden_folder, "rjafroc.json"), simplifyVector = FALSE)
for (set in golden$sets) {
  dataset <- DfReadDataFile(file.path(arguments[2], paste0(set$dataset, ".xlsx")),
                            newExcelFileFormat = TRUE)
  modalities <- sub("^[0-9]+-", "", dataset$descriptions$modalityID)
  readers <- sub("^[0-9]+-", "", dataset$descriptions$readerID)
  compared <- 0
  for (one in set$readers) {
    for (figure in setdiff(names(one$values), "ALROC")) {
      found <- as.matrix(UtilFigureOfMerit(dataset, figure))
      value <- found[match(one$modality, modalities), match(one$reader, readers)]
      if (is.na(value) || abs(value - one$values[[figure]]) > 1e-9) {
        stop(set$dataset, " ", one$modality, " ", one$reader, ": ", figure, ": found ", value,
             ", expected ", one$values[[figure]])
      }
      compared <- compared + 1
    }
  }
  cat(set$dataset, ": ", compared, " figures, the same\n", sep = "")
}

# Reader n has n false marks on each of the five cases.
ten <- DfReadDataFile(file.path(arguments[2], "ten.xlsx"), newExcelFileFormat = TRUE)
marks <- UtilFigureOfMerit(ten, "MaxNLFAllCases")
stopifnot(all(marks == 1:10), all(grepl("-r", colnames(marks))),
          all(sub(".*-r", "", colnames(marks)) == 1:10))
cat("ten readers, in their order\n")
