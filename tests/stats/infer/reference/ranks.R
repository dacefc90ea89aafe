# R 4.2.2, package survey 4.5. Run in tests/stats/infer/reference: Rscript ranks.R
# svyranktest on ../cases/api_models_*.csv (columns of R's data(api), public).
# The column `place` has no ties: with ties of unequal weights R's ranks depend on the order of
# rows (the mean over tied rows of what is cumulated up to each); `plain` has ties, all weights 1.
suppressMessages(library(survey))
options(digits = 17)
strat <- read.csv("../cases/api_models_strat.csv", colClasses = c(sch.wide = "character"))
clus2 <- read.csv("../cases/api_models_clus2.csv", colClasses = c(sch.wide = "character"))
strat$place <- strat$api00 + seq_len(nrow(strat)) / 1000
clus2$place <- clus2$api00 + seq_len(nrow(clus2)) / 1000
stages <- svydesign(id = ~dnum + snum, fpc = ~fpc1 + fpc2, weights = ~pw, data = clus2)
designs <- list(
  strat = svydesign(id = ~1, strata = ~stype, weights = ~pw, data = strat, fpc = ~fpc),
  clus2 = stages,
  large = subset(stages, enroll > 400),
  jk = as.svrepdesign(svydesign(id = ~dnum, weights = ~pw, data = clus2), type = "JK1"),
  plain = svydesign(id = ~1, weights = rep(1, nrow(strat)), data = transform(strat, place = api00))
)
rows <- list()
for (case in names(designs)) for (test in c("wilcoxon", "vanderWaerden", "median", "KruskalWallis"))
  for (by in c("sch.wide", "stype")) {
    if (by == "stype" && case == "jk") next # multiranktest has no method for replicates
    if (test == "KruskalWallis" && case != "plain") next # the scores are Wilcoxon's
    r <- svyranktest(as.formula(paste("place ~", by)), designs[[case]], test = test)
    two <- by == "sch.wide"
    rows[[length(rows) + 1]] <- data.frame(
      case, test, by, value = as.numeric(if (two) r$statistic else r$parameter / r$statistic),
      ddf = as.numeric(if (two) r$parameter else r$ddf), p = as.numeric(r$p.value),
      estimate = as.numeric(if (two) r$estimate else NA)
    )
  }
write.csv(format(do.call(rbind, rows), digits = 17, trim = TRUE), "ranks.csv",
          row.names = FALSE, quote = FALSE)
print(R.version.string); print(packageVersion("survey"))
