# R 4.2.2, package survey 4.1.1. Run in tests/stats/estimate/reference: Rscript differences.R [folder to write to]
# Differences of two domains, all pairs of areas on the logit or log scale with Holm's adjustment, the average shortfall of
# the poor, quantiles by JKn. lival.csv is examples/albania-2012/lival.parquet, written by
# python -c "import pandas as pd; pd.read_parquet('lival.parquet').to_csv('/tmp/lival.csv', index=False)"
suppressMessages(library(survey))
options(survey.lonely.psu = "fail")
into <- c(commandArgs(TRUE), ".")[1]
homes <- read.csv("/tmp/lival.csv")
homes$pw <- homes$weight * round(0.07527689 * homes$totcons / homes$rcons)
homes$poor <- as.numeric(homes$rcons < 4891)
albania <- svydesign(ids = ~psu, strata = ~strat, weights = ~pw, data = homes)
clus2 <- read.csv("apiclus2.csv"); clus2$half <- ifelse(clus2$snum %% 2 == 0, "even", "odd")
clus2 <- svydesign(id = ~dnum + snum, weights = ~pw, fpc = ~fpc1 + fpc2, data = clus2)
strat <- svydesign(id = ~1, strata = ~stype, weights = ~pw, fpc = ~fpc, data = read.csv("apistrat.csv"))
single <- svydesign(id = ~1, strata = ~stype, weights = ~pw, fpc = ~fpc, data = read.csv("lonely_psu_input.csv"))
write <- function(rows, name) write.csv(do.call(rbind, rows), file.path(into, name), row.names = FALSE, na = "")

rows <- list()
pairs_of <- function(case, measure, y, by, design, f) {
  found <- svyby(as.formula(paste0("~", y)), as.formula(paste0("~", by)), design, f, covmat = TRUE, na.rm = TRUE)
  at <- names(coef(found)); df <- degf(design)
  pairs <- if (case == "albania") combn(length(at), 2, simplify = FALSE) else lapply(seq_along(at)[-1], function(i) c(1, i))
  if (length(pairs) > 12) pairs <- pairs[floor(seq(1, length(pairs), length.out = 12))]
  for (b in pairs) {
    k <- rep(0, length(at)); k[b] <- c(1, -1)
    d <- svycontrast(found, k); ends <- confint(d, df = df)
    rows[[length(rows) + 1]] <<- data.frame(case, measure, by, a = at[b[1]], b = at[b[2]], estimate = unname(c(coef(d))),
      se = unname(c(SE(d))), df, p = unname(2 * pt(-abs(c(coef(d) / SE(d))), df)), low = ends[1], high = ends[2])
  }
}
for (by in c("urban", "region", "prefectu")) {
  pairs_of("albania", "headcount", "poor", by, albania, svymean)
  pairs_of("albania", "mean", "rcons", by, albania, svymean)
  pairs_of("albania", "poor_count", "poor", by, albania, svytotal)
}
for (lonely in c("certainty", "adjust", "average", "remove")) {
  options(survey.lonely.psu = lonely)
  pairs_of(paste0("lonely-", lonely), "mean", "api00", "comp.imp", single, svymean)
  if (lonely != "adjust") pairs_of(paste0("lonely-", lonely), "total", "api00", "comp.imp", single, svytotal)
}
options(survey.lonely.psu = "fail")
for (f in c("mean", "total")) {
  pairs_of("clus2", f, "api00", "half", clus2, if (f == "mean") svymean else svytotal)
  pairs_of("strat", f, "api00", "stype", strat, if (f == "mean") svymean else svytotal)
}
write(rows, "survey_differences.csv")

rows <- list()
for (by in c("region", "prefectu")) for (measure in c("headcount", "mean")) {
  y <- c(headcount = "poor", mean = "rcons")[[measure]]
  found <- svyby(as.formula(paste0("~", y)), as.formula(paste0("~", by)), albania, svymean, covmat = TRUE)
  at <- names(coef(found)); pairs <- combn(length(at), 2)
  df <- vapply(at, function(area) degf(albania[homes[[by]] == area, ]), 0)
  of <- apply(pairs, 2, function(k) {
    of <- list(a = as.name(at[k[1]]), b = as.name(at[k[2]]))
    f <- if (measure == "headcount") quote(log(a / (1 - a)) - log(b / (1 - b))) else quote(log(a) - log(b))
    f <- do.call(substitute, list(f, of))
    d <- svycontrast(found, f); c(coef(d) / SE(d), min(df[k]))
  })
  p <- 2 * pt(-abs(of[1, ]), of[2, ])
  rows[[length(rows) + 1]] <- data.frame(measure, by, a = at[pairs[1, ]], b = at[pairs[2, ]], t = of[1, ], df = of[2, ], p,
                                         holm = p.adjust(p, "holm"))
}
write(rows, "survey_pairs.csv")

rows <- list()
poor <- subset(albania, rcons < 4891)
shortfall <- function(by, domain, d) {
  m <- svymean(~I(4891 - rcons), d); ends <- confint(m, df = degf(d))
  rows[[length(rows) + 1]] <<- data.frame(by, domain, estimate = unname(c(coef(m))), se = unname(c(SE(m))), df = degf(d), n = nrow(d),
    population = sum(weights(d)), low = ends[1], high = ends[2])
}
shortfall("", "", poor)
for (by in c("region", "prefectu")) for (at in sort(unique(homes[[by]])))
  shortfall(by, at, poor[poor$variables[[by]] == at, ])
write(rows, "albania_shortfall.csv")

rows <- list()
r <- as.svrepdesign(albania, type = "JKn")
for (at in c("", sort(unique(homes$urban)))) for (rule in c("math", "hf2", "hf7")) for (p in c(.25, .5, .75)) {
  d <- if (at == "") r else subset(r, urban == at)
  q <- svyquantile(~rcons, d, p, qrule = rule, interval.type = "mean", df = degf(d))[[1]]
  rows[[length(rows) + 1]] <- data.frame(urban = at, rule, interval = "mean", p, estimate = q[1, "quantile"],
    low = q[1, "ci.2.5"], high = q[1, "ci.97.5"], df = degf(d))
}
write(rows, "albania_replicate_quantiles.csv")
