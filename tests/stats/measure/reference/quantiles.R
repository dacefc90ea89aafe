# R 4.2.2, package survey 4.1.1. Run in tests/stats/measure/reference: Rscript quantiles.R [folder to write to]
# Quantiles by every rule with Woodruff's intervals of four types. Rows are ordered by the rounded figure and weight, which
# decides on ties in hf4 to hf9. lival.csv is examples/albania-2012/lival.parquet, written by
# python -c "import pandas as pd; pd.read_parquet('lival.parquet').to_csv('/tmp/lival.csv', index=False)"
suppressMessages(library(survey))
options(survey.lonely.psu = "fail")
into <- c(commandArgs(TRUE), ".")[1]
homes <- read.csv("/tmp/lival.csv")
homes$pw <- homes$weight * round(0.07527689 * homes$totcons / homes$rcons)
homes$round <- round(homes$rcons / 500) * 500
homes <- homes[order(homes$round, homes$pw), ]
all <- svydesign(ids = ~psu, strata = ~strat, weights = ~pw, data = homes)
rows <- list()
put <- function(y, at, rule, interval, level) {
  d <- if (at == "") all else subset(all, region == at)
  p <- c(.05, .1, .25, .5, .75, .9)
  q <- svyquantile(as.formula(paste0("~", y)), d, p, qrule = rule, interval.type = interval, alpha = 1 - level, df = degf(d))[[1]]
  rows[[length(rows) + 1]] <<- data.frame(variable = y, region = at, rule, interval, level, p, estimate = q[, 1], low = q[, 2],
                                          high = q[, 3], df = degf(d), row.names = NULL)
}
for (y in c("rcons", "round")) for (at in c("", "Tirana", "Mountains")) {
  for (rule in c("math", "school", paste0("hf", 1:9))) put(y, at, rule, "mean", .95)
  for (rule in c("math", "hf7")) for (interval in c("beta", "xlogit", "asin")) put(y, at, rule, interval, .9)
}
write.csv(do.call(rbind, rows), file.path(into, "albania_quantiles.csv"), row.names = FALSE, na = "", quote = FALSE)
