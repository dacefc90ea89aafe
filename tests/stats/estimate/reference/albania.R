# R 4.2.2, packages survey 4.5 and convey 1.0.1. Run in tests/stats/estimate/reference: Rscript albania.R [folder to write to]
# Albania 2012, persons: means, totals, convey's measures, quantiles, design effects, intervals of a share; replicates (JKn).
# lival.csv is examples/albania-2012/lival.parquet, written by
# python -c "import pandas as pd; pd.read_parquet('lival.parquet').to_csv('/tmp/lival.csv', index=False)"
suppressMessages({library(survey); library(convey)})
options(survey.lonely.psu = "fail")
into <- c(commandArgs(TRUE), ".")[1]
homes <- read.csv("/tmp/lival.csv")
homes$capita <- round(0.07527689 * homes$totcons / homes$rcons)
homes$pw <- homes$weight * homes$capita
homes$poor <- as.numeric(homes$rcons < 4891)
homes$one <- 1
plain <- svydesign(ids = ~psu, strata = ~strat, weights = ~pw, data = homes)
all <- convey_prep(plain)
name <- "persons; strata strat; psu psu; with replacement"
rows <- list()
put <- function(stat, params, by, domain, component, estimate, se = NA, df = degf(plain)) rows[[length(rows) + 1]] <<-
  data.frame(design = name, stat, params, by, domain, component, estimate = unname(c(estimate)), se = unname(c(se)), df)
each <- function(stat, params, f, component = "rcons", label = stat) {
  m <- f(all); put(stat, params, "", "", component, coef(m), SE(m))
  for (by in c("urban", "region")) for (at in sort(unique(homes[[by]]))) {
    part <- all[homes[[by]] == at, ]
    m <- f(part); put(stat, params, by, at, label, coef(m), SE(m), degf(part))
  }
}
each("mean", "rcons", function(d) svymean(~rcons, d))
each("total", "one", function(d) svytotal(~one, d), "one")
each("mean_poor", "rcons<4891", function(d) svymean(~poor, d), "poor")
for (g in 0:2) each(paste0("fgt", g), "abs 4891", function(d) svyfgt(~rcons, d, g = g, abs_thresh = 4891))
each("fgt0", "abs 3047", function(d) svyfgt(~rcons, d, g = 0, abs_thresh = 3047))
whole <- " (threshold from the full sample)"
for (g in 0:1) each(paste0("fgt", g), paste0("relq 0.6 median", whole),
  function(d) svyfgt(~rcons, d, g = g, type_thresh = "relq", percent = .6, quantiles = .5, thresh = FALSE))
each("fgt0", paste0("relm 0.5 mean", whole), function(d) svyfgt(~rcons, d, g = 0, type_thresh = "relm", percent = .5))
each("arpr", "0.6 median (full-sample threshold)", function(d) svyarpr(~rcons, d))
each("arpt", "0.6 median (within domain)", function(d) svyarpt(~rcons, d))
each("gini", "", function(d) svygini(~rcons, d))
each("qsr", "0.2/0.8", function(d) svyqsr(~rcons, d))
each("rmpg", "0.6 median", function(d) svyrmpg(~rcons, d))
each("poormed", "0.6 median", function(d) svypoormed(~rcons, d))
each("watts", "abs 4891", function(d) svywatts(~rcons, d, abs_thresh = 4891))
for (e in 0:2) each("gei", paste("epsilon", e), function(d) svygei(~rcons, d, epsilon = e))
for (e in c(.5, 1, 2)) each("atkinson", paste("epsilon", e), function(d) svyatk(~rcons, d, epsilon = e))
each("jdiv", "", function(d) svyjdiv(~rcons, d))
each("zenga", "", function(d) svyzenga(~rcons, d))
for (p in c(.1, .25, .5, .75, .9)) {
  q <- svyquantile(~rcons, plain, p, qrule = "math", interval.type = "mean", df = degf(plain))[[1]]
  put("quantile", paste("p", p, "qrule math (inverse CDF), Woodruff interval"), "", "", "estimate", q[1, "quantile"], q[1, "se"])
  put("quantile_ci_low", paste("p", p), "", "", "", q[1, "ci.2.5"])
  put("quantile_ci_high", paste("p", p), "", "", "", q[1, "ci.97.5"])
}
put("deff", "mean rcons", "", "", "", deff(svymean(~rcons, plain, deff = TRUE)))
put("deff", "mean poor", "", "", "", deff(svymean(~poor, plain, deff = TRUE)))
for (method in c("logit", "beta", "likelihood", "mean", "asin", "xlogit")) {
  ends <- attr(svyciprop(~poor, plain, method = method, level = .95, df = degf(plain)), "ci")
  put(paste0("ciprop_", method, "_low"), "poor: rcons<4891, 95%", "", "", "", ends[1])
  put(paste0("ciprop_", method, "_high"), "poor: rcons<4891, 95%", "", "", "", ends[2])
}
write.csv(do.call(rbind, rows), file.path(into, "albania_convey.csv"), row.names = FALSE, na = "")

rows <- list()
for (mse in c(FALSE, TRUE)) {
  r <- convey_prep(as.svrepdesign(plain, type = "JKn", mse = mse))
  add <- function(stat, m, domain, df = degf(r)) rows[[length(rows) + 1]] <<- data.frame(
    replicates = if (mse) "JKn mse" else "JKn", stat, domain, estimate = unname(c(coef(m))), se = unname(c(SE(m))), df)
  add("mean rcons", svymean(~rcons, r), "rcons")
  add("headcount 4891", svymean(~poor, r), "poor")
  add("total poor", svytotal(~poor, r), "poor")
  add("fgt1 4891", svyfgt(~rcons, r, g = 1, abs_thresh = 4891), "rcons")
  add("gini", svygini(~rcons, r), "rcons")
  add("arpr", svyarpr(~rcons, r), "rcons")
  add("arpt", svyarpt(~rcons, r), "rcons")
  add("qsr", svyqsr(~rcons, r), "rcons")
  by <- svyby(~poor, ~urban, r, svymean); add("headcount 4891 by urban", by, as.character(by$urban))
  add("median", svyquantile(~rcons, r, .5, qrule = "math"), "rcons")
}
write.csv(do.call(rbind, rows), file.path(into, "albania_replicates.csv"), row.names = FALSE, na = "")
