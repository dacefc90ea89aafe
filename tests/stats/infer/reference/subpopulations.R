# R 4.2.2, package survey 4.1.1. Run in tests/stats/infer/reference: Rscript subpopulations.R
# svyglm, svychisq and svyttest on subset(design, meals > 30); svystandardize; svyvar, also of the
# jackknife; correlations by svycontrast.
suppressMessages(library(survey))
clus2 <- read.csv("../cases/api_models_clus2.csv")
strat <- read.csv("../cases/api_models_strat.csv")
design <- svydesign(ids = ~dnum + snum, weights = ~pw, fpc = ~fpc1 + fpc2, data = clus2)
some <- subset(design, meals > 30)
rows <- list()
put <- function(what, name, estimate, se = NA, df = NA, p = NA) rows[[length(rows) + 1]] <<-
  data.frame(what = what, name = name, estimate = unname(estimate), se = unname(c(se)), df = df,
             p = unname(c(p)), row.names = NULL)
fit <- svyglm(api00 ~ ell + stype, some)
s <- summary(fit)$coef
put("glm", rownames(s), s[, 1], s[, 2], fit$df.residual, s[, 4])
for (statistic in c("F", "Wald")) {
  t <- svychisq(~stype + sch.wide, some, statistic = statistic)
  put("chisq", statistic, c(t$statistic), NA, t$parameter[2], t$p.value)
}
t <- svyttest(api00 ~ sch.wide, some)
put("ttest", "two", t$estimate, NA, t$parameter, t$p.value)
all <- list(clus2 = design, strat = svydesign(ids = ~1, strata = ~stype, weights = ~pw, fpc = ~fpc, data = strat))
for (case in names(all)) {
  d <- update(all[[case]], aa = api00^2, bb = meals^2, ab = api00 * meals)
  m <- svymean(~api00 + meals + aa + bb + ab, d)
  r <- svycontrast(m, quote((ab - api00 * meals) / sqrt((aa - api00^2) * (bb - meals^2))))
  put("correlation", case, coef(r), SE(r))
  for (jk in c(FALSE, if (case == "strat") TRUE)) {
    v <- svyvar(~api00, if (jk) as.svrepdesign(all[[case]], type = "JKn") else all[[case]])
    put("variance", paste(case, if (jk) "JKn" else "linearised"), as.matrix(v)[1, 1], SE(v))
  }
  st <- svystandardize(all[[case]], by = ~stype, over = ~sch.wide, population = c(E = 50, H = 20, M = 30))
  y <- svyby(~api00, ~sch.wide, st, svymean)
  put("standardised", paste(case, y$sch.wide), y$api00, SE(y))
}
write.csv(do.call(rbind, rows), "subpopulations.csv", row.names = FALSE)
