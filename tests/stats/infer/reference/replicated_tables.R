# R 4.2.2, package survey 4.1.1. Run in tests/stats/infer/reference: Rscript replicated_tables.R
# JK1 of the PSUs of ../cases/api_models_clus2.csv (as.svrepdesign), with and without mse:
# svymean(~interaction), svyby(~factor), svytotal, svychisq.
suppressMessages(library(survey))
d <- read.csv("../cases/api_models_clus2.csv")
s <- svydesign(ids = ~dnum, weights = ~pw, data = d)
rows <- list()
put <- function(mse, what, row, column, value) rows[[length(rows) + 1]] <<-
  data.frame(mse = mse, what = what, row = row, column = column, value = unname(c(value)), row.names = NULL)
for (mse in c(TRUE, FALSE)) {
  r <- as.svrepdesign(s, type = "JK1", mse = mse)
  r$variables$stype <- factor(r$variables$stype); r$variables$sch.wide <- factor(r$variables$sch.wide)
  at <- expand.grid(row = levels(r$variables$stype), column = levels(r$variables$sch.wide))
  put(mse, "cell", at$row, at$column, SE(svymean(~interaction(stype, sch.wide), r)))
  put(mse, "count", at$row, at$column, SE(svytotal(~interaction(stype, sch.wide), r)))
  for (h in levels(r$variables$stype))
    put(mse, "row", h, levels(r$variables$sch.wide), SE(svymean(~sch.wide, subset(r, stype == h))))
  for (statistic in c("F", "Chisq", "Wald", "adjWald"))
    put(mse, statistic, "", "", svychisq(~stype + sch.wide, r, statistic = statistic)$p.value)
}
write.csv(do.call(rbind, rows), "replicated_tables.csv", row.names = FALSE)
