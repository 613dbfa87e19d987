# Makes rjafroc.json: ratings of RJafroc's example datasets, and RJafroc's figures of merit of them.
#
#   Rscript make_rjafroc.R REPOSITORY > rjafroc.json
#
# REPOSITORY is a clone of RJafroc's repository; source_rjafroc.R says what is needed. Only numbers go
# into the output.
#
# The figures are what UtilFigureOfMerit() returns; where the repository's own tests hold a published
# value (goodValues), the script stops unless it is the same. ALROC is that of DfFroc2Lroc() with
# FPFValue = 1, the whole curve.

here <- dirname(sub("--file=", "", grep("--file=", commandArgs(FALSE), value = TRUE)))
source(file.path(here, "source_rjafroc.R"))
repository <- commandArgs(trailingOnly = TRUE)[1]
folder <- source_rjafroc(repository)

# Readers and modalities by their position.
wanted <- list(
  list(dataset = "dataset01", modalities = 1:2, readers = c(1, 4)),
  list(dataset = "dataset04", modalities = c(1, 4), readers = 1:2),  # five ratings: many ties
  list(dataset = "dataset07", modalities = c(1, 5), readers = c(2)),
  list(dataset = "dataset11", modalities = c(1, 4), readers = c(3)),  # up to 20 lesions
  list(dataset = "datasetCadLroc", modalities = 1, readers = 1:2)
)
froc_figures <- c("AFROC", "AFROC1", "wAFROC", "wAFROC1", "HrAuc", "MaxLLF", "MaxNLF",
                  "MaxNLFAllCases", "FROC")

check_published <- function(name, figure, values) {
  if (name != "dataset01") return(invisible())
  file <- file.path(folder, "tests/testthat/goodValues361/FOM",
                    paste0("UtilFigureOfMeritFROC-", figure, ".rds"))
  if (!file.exists(file)) return(invisible())
  published <- as.numeric(unlist(readRDS(file)))
  stopifnot(length(published) == length(values),
            max(abs(sort(published) - sort(as.numeric(values)))) < 1e-12)
  message(figure, " of ", name, ": as published")
}

figures_of <- function(dataset, name) {
  if (dataset$descriptions$type == "LROC") {
    return(list(HrAuc = UtilFigureOfMerit(dataset, "Wilcoxon"),
                ALROC = UtilFigureOfMerit(dataset, "ALROC", FPFValue = 1)))
  }
  figures <- list()
  for (figure in froc_figures) {
    figures[[figure]] <- UtilFigureOfMerit(dataset, figure)
    check_published(name, figure, figures[[figure]])
  }
  figures$ALROC <- UtilFigureOfMerit(DfFroc2Lroc(dataset), "ALROC", FPFValue = 1)
  figures
}

number <- function(x) ifelse(is.finite(x), sprintf("%.17g", x), "null")
# The shortest text that is the same number.
rating <- function(x) {
  for (digits in 1:17) {
    text <- sprintf("%.*g", digits, x)
    if (!is.finite(x) || as.numeric(text) == x) break
  }
  ifelse(is.finite(x), text, "null")
}
bracketed <- function(texts) paste0("[", paste(texts, collapse = ","), "]")
object <- function(...) {
  fields <- list(...)
  paste0("{", paste0('"', names(fields), '": ', unlist(fields), collapse = ", "), "}")
}
quoted <- function(text) paste0('"', text, '"')

# Rows of a matrix; of each the first `counts` columns, or the finite ones.
ragged <- function(rows, counts = NULL) {
  bracketed(sapply(seq_len(nrow(rows)), function(k) {
    row <- if (is.null(counts)) rows[k, is.finite(rows[k, ])] else rows[k, seq_len(counts[k])]
    bracketed(vapply(row, rating, ""))
  }))
}

reader_text <- function(dataset, figures, i, j) {
  NL <- dataset$ratings$NL
  LL <- dataset$ratings$LL
  false_marks <- matrix(NL[i, j, , ], nrow = dim(NL)[3])
  lesions <- matrix(LL[i, j, , ], nrow = dim(LL)[3])
  if (dataset$descriptions$type == "LROC") {  # wrong places on diseased cases stand apart
    diseased <- nrow(false_marks) - nrow(lesions) + seq_len(nrow(lesions))
    false_marks[diseased, ] <- dataset$ratings$LL_IL[i, j, , ]
  }
  values <- lapply(figures, function(values) number(as.matrix(values)[i, j]))
  object(modality = quoted(dataset$descriptions$modalityID[i]),
         reader = quoted(dataset$descriptions$readerID[j]),
         false_marks = ragged(false_marks), lesions = ragged(lesions, dataset$lesions$perCase),
         values = do.call(object, values))
}

set_text <- function(choice) {
  load(file.path(folder, "data", paste0(choice$dataset, ".RData")))
  dataset <- get(choice$dataset)
  figures <- figures_of(dataset, choice$dataset)
  readers <- c()
  for (i in choice$modalities) {
    for (j in choice$readers) readers <- c(readers, reader_text(dataset, figures, i, j))
  }
  normal <- dim(dataset$ratings$NL)[3] - dim(dataset$ratings$LL)[3]
  object(dataset = quoted(choice$dataset), name = quoted(dataset$descriptions$name),
         normal_cases = normal, weights = ragged(dataset$lesions$weights, dataset$lesions$perCase),
         readers = bracketed(paste0("\n", readers)))
}

version <- read.dcf(file.path(folder, "DESCRIPTION"), "Version")[1]
cat(object(
  made_by = quoted("make_rjafroc.R: numbers of RJafroc's example datasets and its figures of merit"),
  rjafroc = quoted(version), commit = quoted(system2("git", c("-C", repository, "rev-parse", "HEAD"), stdout = TRUE)),
  sets = bracketed(paste0("\n", vapply(wanted, set_text, "")))), "\n", sep = "")
