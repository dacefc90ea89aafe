# R 4.2.2, package survey 4.1.1. Run in tests/stats/infer/reference: Rscript change.R
# Change between two waves of Albania's households of 2012 (waves made up: the odd and even rows
# of each PSU; rcons of the second 7 % higher for every third row): stacked data, svyby with covmat,
# svycontrast. "shared": PSUs and strata are those of both waves; "independent": strata by wave,
# PSUs by wave (nest). lival.csv is examples/albania-2012/lival.parquet, written by
# python -c "import pandas as pd; pd.read_parquet('lival.parquet').to_csv('/tmp/lival.csv', index=False)"
suppressMessages(library(survey))
homes <- read.csv("/tmp/lival.csv")
homes$capita <- round(0.07527689 * homes$totcons / homes$rcons)
homes$pw <- homes$weight * homes$capita
homes$row <- seq_len(nrow(homes))
homes$wave <- ifelse(homes$row %% 2 == 1, "a", "b")
homes$y <- homes$rcons * ifelse(homes$wave == "b" & homes$row %% 3 == 0, 1.07, 1)
homes$poor <- as.numeric(homes$y < 4891)
homes$gap <- pmax((4891 - homes$y) / 4891, 0)
designs <- list(
  shared = svydesign(ids = ~psu, strata = ~strat, weights = ~pw, data = homes),
  independent = svydesign(ids = ~psu, strata = ~interaction(wave, strat), weights = ~pw,
                          data = homes, nest = TRUE))
years <- 3
rows <- list()
for (case in names(designs)) for (measure in c("headcount", "poverty_gap", "mean"))
  for (place in c("", unique(homes$urban))) {
    design <- designs[[case]]
    variable <- c(headcount = "poor", poverty_gap = "gap", mean = "y")[[measure]]
    part <- if (place == "") design else subset(design, urban == place)
    by <- svyby(as.formula(paste0("~", variable)), ~wave, part, svymean, covmat = TRUE)
    for (kind in c("absolute", "relative", "annual", "annual relative")) {
      f <- switch(kind, absolute = quote(b - a), relative = quote(b / a - 1),
                  annual = quote((b - a) / 3), quote((b / a)^(1 / 3) - 1))
      found <- svycontrast(by, f); df <- degf(design)
      rows[[length(rows) + 1]] <- data.frame(case = case, measure = measure, domain = place,
        kind = kind, before = unname(coef(by)["a"]), after = unname(coef(by)["b"]),
        estimate = unname(coef(found)), se = unname(c(SE(found))), df = df,
        p = unname(2 * pt(-abs(c(coef(found) / SE(found))), df)), row.names = NULL)
    }
  }
# Single PSUs: two scores of the same schools
school <- read.csv("../../estimate/reference/lonely_psu_input.csv")
for (lonely in c("adjust", "average", "remove")) {
  options(survey.lonely.psu = lonely)
  design <- svydesign(ids = ~1, strata = ~stype, weights = ~pw, fpc = ~fpc, data = school)
  found <- svycontrast(svymean(~api99 + api00, design), quote(api00 - api99))
  m <- svymean(~api99 + api00, design)
  rows[[length(rows) + 1]] <- data.frame(case = lonely, measure = "mean", domain = "",
    kind = "absolute", before = unname(coef(m)[1]), after = unname(coef(m)[2]),
    estimate = unname(coef(found)), se = unname(c(SE(found))), df = degf(design),
    p = unname(2 * pt(-abs(c(coef(found) / SE(found))), degf(design))), row.names = NULL)
}
write.csv(do.call(rbind, rows), "change.csv", row.names = FALSE)
