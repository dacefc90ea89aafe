# R 4.2.2, packages survey 4.5 and convey 1.0.1, and the sources of convey 0.2.3 for functions that 1.0.1 no longer has.
# Run in tests/stats/measure/reference: Rscript shares.R FOLDER-OF-convey-0.2.3/R [folder to write to]
# Shares, Lorenz curve, thresholds of convey, by urban and region. lival.csv is examples/albania-2012/lival.parquet, written by
# python -c "import pandas as pd; pd.read_parquet('lival.parquet').to_csv('/tmp/lival.csv', index=False)"
suppressMessages({library(survey); library(convey)})
options(survey.lonely.psu = "fail", digits = 17)
older_sources <- commandArgs(TRUE)[1]
into <- c(commandArgs(TRUE)[-1], ".")[1]
older <- new.env(parent = asNamespace("convey"))
for (name in c("svyrenyi", "svybmi", "svyzengacurve", "svychu", "svybcc")) sys.source(file.path(older_sources, paste0(name, ".R")), older)
# svyamato 0.2.3 uses incvar where its square belongs: docs/measures/amato.md
amato <- readLines(file.path(older_sources, "svyamato.R"))
eval(parse(text = sub("1 / N^2 + incvar / Tot^2", "1 / N^2 + incvar^2 / Tot^2", amato, fixed = TRUE)), older)

homes <- read.csv("/tmp/lival.csv")
homes$pw <- homes$weight * round(0.07527689 * homes$totcons / homes$rcons)
homes$food <- homes$rfood / max(homes$rfood)
homes$rest <- homes$rtotnfoo / max(homes$rtotnfoo)
homes$util <- homes$rtotutil / max(homes$rtotutil)
all <- convey_prep(svydesign(ids = ~psu, strata = ~strat, weights = ~pw, data = homes))
rows <- list()
each <- function(stat, f, line = NULL, own = FALSE, domains = TRUE, se = TRUE) {
  put <- function(by, domain, m) rows[[length(rows) + 1]] <<- as.data.frame(c(list(stat = stat), if (!is.null(line)) list(line = line),
    list(by = by, domain = domain, estimate = if (se) unname(c(coef(m)))[1] else m, se = if (se) unname(c(SE(m)))[1] else NA)))
  put("", "", f(all))
  if (domains) for (by in c("urban", "region")) for (at in sort(unique(homes[[by]]))) {
    part <- all[homes[[by]] == at, ]
    put(by, at, f(if (own) convey_prep(part) else part))
  }
}
for (p in c(.1, .5, .9)) each(sprintf("lorenz(%s)", p), function(d) svylorenz(~rcons, d, quantiles = p, plot = FALSE))
each("bottom_sum(0.2)", function(d) svyisq(~rcons, d, alpha = .2))
each("top_sum(0.8)", function(d) svyisq(~rcons, d, alpha = .8, upper = TRUE))
each("quintile_ratio('convey')", function(d) svyqsr(~rcons, d))
each("palma('convey')", function(d) svyqsr(~rcons, d, alpha1 = .4, alpha2 = .9))
each("quantile_share_ratio(0.1, 0.9, 'convey')", function(d) svyqsr(~rcons, d, alpha1 = .1, alpha2 = .9))
for (p in c(.1, .5, .9)) each(sprintf("quantile(%s)", p), function(d) svyiqalpha(~rcons, d, alpha = p))
each("median_of_poor(0.5, 0.75, 'sample', '<=')", function(d) svypoormed(~rcons, d, quantiles = .75, percent = .5))
each("relative_median_gap(0.5, 0.75, 'sample', '<=')", function(d) svyrmpg(~rcons, d, quantiles = .75, percent = .5))
each("at_risk_rate(0.5, 0.75, 'sample', '<=')", function(d) svyarpr(~rcons, d, quantiles = .75, percent = .5))
each("at_risk_rate(0.6, 0.5, 'area', '<=')", function(d) svyarpr(~rcons, d), own = TRUE)
each("median_of_poor(0.6, 0.5, 'area', '<=')", function(d) svypoormed(~rcons, d), own = TRUE)
each("relative_median_gap(0.6, 0.5, 'area', '<=')", function(d) svyrmpg(~rcons, d), own = TRUE)
quiet <- function(f) {
  environment(f) <- list2env(list(e = get0("e"), p = get0("p"), g = get0("g")), parent = older)  # where the methods are
  function(d) suppressWarnings(f(d))
}
for (e in c(.5, 1, 2)) each(sprintf("renyi(%s)", e), quiet(function(d) svyrenyi(~rcons, d, epsilon = e)))
each("bourguignon(food + rest)", quiet(function(d) svybmi(~food + rest, d)))
each("bourguignon(food + rest + util, 0.7, 0)", quiet(function(d) svybmi(~food + rest + util, d, alpha = .7, beta = 0)))
for (p in c(.2, .5, .9)) each(sprintf("zenga_curve(%s)", p),
  quiet(function(d) c(svyzengacurve(~rcons, d, quantiles = p, plot = FALSE)$quantiles)), se = FALSE)
write.csv(do.call(rbind, rows), file.path(into, "albania_shares.csv"), row.names = FALSE, na = "")

rows <- list()
for (g in c(0, .4, 1)) {
  stat <- sprintf("clark(%s)", g)
  each(stat, quiet(function(d) svychu(~rcons, d, g = g, abs_thresh = 4891)), "abs4891")
  each(stat, quiet(function(d) svychu(~rcons, d, g = g, type_thresh = "relq")), "0.6 median")
  # in domains its error at a share of the mean leaves the others out: docs/measures/clark.md
  each(stat, quiet(function(d) svychu(~rcons, d, g = g, type_thresh = "relm", percent = .5)), "0.5 mean", domains = FALSE)
}
each("amato", quiet(function(d) svyamato(~rcons, d)), "")
each("bourguignon_chakravarty(food < 0.3 + rest < 0.1)",
     quiet(function(d) svybcc(~food + rest, d, theta = 1, alpha = 1, cutoffs = list(.3, .1))), "")
each("bourguignon_chakravarty(food < 0.3: 3 + rest < 0.1: 2, 1, 2.5)",
     quiet(function(d) svybcc(~food + rest, d, theta = 1, alpha = 2.5, cutoffs = list(.3, .1), dimw = c(.6, .4))), "")
write.csv(do.call(rbind, rows), file.path(into, "albania_older.csv"), row.names = FALSE, na = "")
