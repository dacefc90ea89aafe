# R 4.2.2, package survey 4.1.1. Run in tests/stats/infer/reference: Rscript contrasts.R
# Linear contrasts, ratios, Wald tests of domain figures (svyby with covmat), p.adjust; data: the
# API samples in ../../estimate/reference (R's data(api)).
suppressMessages(library(survey))
options(digits = 17)
read <- function(name) read.csv(file.path("../../estimate/reference", name))
strat <- read("apistrat.csv"); clus1 <- read("apiclus1.csv"); clus2 <- read("apiclus2.csv")
designs <- list(
  strat = svydesign(ids = ~1, strata = ~stype, weights = ~pw, fpc = ~fpc, data = strat),
  clus1 = svydesign(ids = ~dnum, weights = ~pw, fpc = ~fpc, data = clus1),
  clus2 = svydesign(ids = ~dnum + snum, weights = ~pw, fpc = ~fpc1 + fpc2, data = clus2))
rows <- list()
put <- function(case, what, estimate, se, df, p) rows[[length(rows) + 1]] <<- data.frame(case = case,
  what = what, estimate = unname(estimate), se = unname(c(se)), df = df, p = unname(c(p)), row.names = NULL)
for (case in names(designs)) {
  design <- designs[[case]]; df <- degf(design)
  by <- svyby(~api00, ~stype, design, svymean, covmat = TRUE)
  line <- svycontrast(by, c(E = .5, H = .5, M = -1))
  put(case = case, what = "contrast", estimate = coef(line), se = SE(line), df = df,
      p = 2 * pt(-abs(coef(line) / SE(line)), df))
  share <- svycontrast(by, quote(E / H))
  put(case = case, what = "ratio", estimate = coef(share), se = SE(share), df = df,
      p = 2 * pt(-abs((coef(share) - 1) / SE(share)), df))
  equal <- rbind(c(-1, 1, 0), c(-1, 0, 1))
  wald <- function(what, d, V) {
    k <- length(d); chi2 <- drop(d %*% solve(V, d))
    put(case = case, what = paste(what, "chi2"), estimate = chi2, se = NA, df = k,
        p = pchisq(chi2, k, lower.tail = FALSE))
    put(case = case, what = paste(what, "F"), estimate = chi2 / k, se = NA, df = df,
        p = pf(chi2 / k, k, df, lower.tail = FALSE))
    put(case = case, what = paste(what, "adjusted"), estimate = chi2 / k * (df - k + 1) / df,
        se = NA, df = df - k + 1,
        p = pf(chi2 / k * (df - k + 1) / df, k, df - k + 1, lower.tail = FALSE))
  }
  wald("equal", drop(equal %*% coef(by)), equal %*% vcov(by) %*% t(equal))
  wald("650", coef(by) - 650, vcov(by))
}
p <- c(.01, .04, .03, .005, NA, .7, .04, 1)
for (method in c("holm", "BH"))
  put(case = method, what = seq_along(p), estimate = p.adjust(p, method), se = NA, df = NA, p = p)
write.csv(do.call(rbind, rows), "contrasts.csv", row.names = FALSE)
