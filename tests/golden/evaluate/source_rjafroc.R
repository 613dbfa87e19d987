# source_rjafroc(repository): RJafroc's functions, sourced from a clone (bare or not) of
# github.com/dpc10ster/RJafroc through a temporary folder, which it returns; the package need not be
# installed. Needs a compiler and, of Debian, r-base-core, r-cran-rcpp, r-cran-stringr, r-cran-readxl.

# RJafroc asks the package FRACTION for one function, which Debian does not have.
is.wholenumber <- function(x) x == round(x)

source_rjafroc <- function(repository) {
  folder <- tempfile()
  dir.create(folder)
  archive <- file.path(folder, "r.tar")
  stopifnot(system2("git", c("-C", repository, "archive", "--output", archive, "HEAD", "R", "data",
                             "src/MyFOM.cpp", "DESCRIPTION",
                             "tests/testthat/goodValues361/FOM")) == 0)
  untar(archive, exdir = folder)
  suppressMessages({
    library(tools)
    library(stringr)
    library(readxl)
  })
  for (file in list.files(file.path(folder, "R"), full.names = TRUE)) {
    if (basename(file) %in% c("RcppExports.R", "datasets.R")) next
    text <- gsub("FRACTION::", "", readLines(file, warn = FALSE), fixed = TRUE)
    eval(parse(text = text), globalenv())
  }
  Rcpp::sourceCpp(file.path(folder, "src/MyFOM.cpp"))
  folder
}
