# R 4.2.2, packages survey 4.5 and mpitbR 1.0.1. Run in tests/stats/measure/reference: Rscript mpi.R [folder to write to]
# The multidimensional index of mpi_imaginary.csv: mpitbR's levels and changes, and the same figures of survey by hand.
suppressMessages({library(survey); library(mpitbR)})
into <- c(commandArgs(TRUE), ".")[1]
write <- function(rows, name) write.csv(rows, file.path(into, name), row.names = FALSE, na = "")
homes <- read.csv("mpi_imaginary.csv")
nested <- list(education = "d_school", work = c("d_work", "d_food"), living = c("d_elec", "d_water", "d_toilet", "d_crowd"))
quiet <- function(x) { sink(nullfile()); on.exit(sink()); suppressMessages(x) }
set <- mpitb.set(svydesign(ids = ~ea, strata = ~stratum, weights = ~weight, data = homes), indicators = nested, name = "i", desc = "i")
level <- quiet(mpitb.est(set, klist = c(20, 33, 50), weights = "equal", over = c("geo1", "urbrur"),
                         measures = c("M0", "H", "A"), indmeasures = c("hd", "hdk", "actb", "pctb")))$lframe
write(level[c("b", "se", "ll", "ul", "subg", "loa", "measure", "ctype", "k", "indicator")], "mpi_imaginary_mpitbr.csv")

homes$t <- 1 + seq_len(nrow(homes)) %% 2
homes$year <- ifelse(homes$t == 1, 2019, 2023)
waves <- mpitb.set(svydesign(ids = ~ea, strata = ~stratum, weights = ~weight, data = homes), indicators = nested, name = "i", desc = "i")
change <- quiet(mpitb.est(waves, klist = 33, weights = "equal", over = "urbrur", tvar = "t", cotyear = "year", ann = TRUE,
                          measures = c("M0", "H", "A"), indmeasures = c("hd", "hdk"), cotmeasures = c("M0", "H", "A", "hd", "hdk")))$cotframe
change <- subset(change, is.na(indicator) | indicator %in% c("d_food", "d_water"))
write(change[c("measure", "indicator", "k", "loa", "subg", "ctype", "ann", "b", "se")], "mpi_imaginary_changes.csv")

# twelfths: education 4, work 2 + 2, living 1 each
twelfths <- c(d_school = 4, d_work = 2, d_food = 2, d_elec = 1, d_water = 1, d_toilet = 1, d_crowd = 1)
homes$m <- as.matrix(homes[names(twelfths)]) %*% twelfths
rows <- list()
for (k in names(cuts <- c("0.2" = 3, "1/3" = 4, "0.5" = 6))) {
  homes$poor <- as.numeric(homes$m >= cuts[k]); homes$score <- homes$poor * homes$m / 12
  homes$close <- as.numeric(homes$m >= 3 & homes$m < 4)
  for (i in names(twelfths)) homes[[paste0("c.", i)]] <- homes$poor * homes[[i]] * twelfths[[i]] / 12
  homes$living <- rowSums(homes[paste0("c.", nested$living)])
  all <- svydesign(ids = ~ea, strata = ~stratum, weights = ~weight, data = homes)
  for (by in c("", "geo1", "urbrur")) for (domain in if (by == "") "" else unique(homes[[by]])) {
    d <- if (by == "") all else all[homes[[by]] == domain, ]
    put <- function(measure, indicator, m, of) rows[[length(rows) + 1]] <<- data.frame(
      measure, indicator, k, by, domain, b = unname(c(coef(m))), se = unname(c(SE(m))), df = degf(of), row.names = NULL)
    poor <- d[d$variables$poor == 1, ]
    put("A", "", svyratio(~score, ~poor, d), poor)
    put("M0", "", svymean(~score, d), d)
    put("H", "", svymean(~poor, d), d)
    for (i in names(twelfths)) {
      f <- as.formula(paste0("~c.", i))
      put("contribution_share", i, svyratio(f, ~score, d), poor)
      put("contribution", i, svymean(f, d), d)
    }
    put("dimension_share", "living", svyratio(~living, ~score, d), poor)
    if (k == "0.2") put("vulnerable", "", svymean(~close, d), d)
  }
}
write(do.call(rbind, rows), "mpi_imaginary_survey.csv")

rows <- list()
homes$poor <- as.numeric(homes$m >= 4); homes$score <- homes$poor * homes$m / 12
for (by in c("geo1", "urbrur")) for (domain in unique(homes[[by]])) for (of in c("score_total", "poor_count")) {
  y <- c(score_total = "score", poor_count = "poor")[[of]]
  homes$here <- homes[[y]] * (homes[[by]] == domain)
  d <- svydesign(ids = ~ea, strata = ~stratum, weights = ~weight, data = homes)
  m <- svyratio(~here, as.formula(paste0("~", y)), d)
  rows[[length(rows) + 1]] <- data.frame(by, domain, of, b = unname(c(coef(m))), se = unname(c(SE(m))))
}
write(do.call(rbind, rows), "mpi_imaginary_shares.csv")
