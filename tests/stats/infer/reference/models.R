# R 4.2.2, package survey 4.1.1. Run in tests/stats/infer/reference: Rscript models.R
# svyglm with glm.control(epsilon = 1e-14), so that its own stop is not seen; regTermTest; svyttest.
# Data: ../cases/api_models_*.csv, columns of R's data(api) (public).
suppressMessages(library(survey))
read <- function(name) read.csv(file.path("../cases", name))
strat <- read("api_models_strat.csv"); clus2 <- read("api_models_clus2.csv")
designs <- list(
  strat = svydesign(ids = ~1, strata = ~stype, weights = ~pw, fpc = ~fpc, data = strat),
  clus2 = svydesign(ids = ~dnum + snum, weights = ~pw, fpc = ~fpc1 + fpc2, data = clus2))
exact <- glm.control(epsilon = 1e-14, maxit = 100)
models <- list(
  linear = list(api00 ~ ell + meals + mobility + stype, gaussian()),
  crossed = list(api00 ~ meals * stype + I(ell^2), gaussian()),
  no_intercept = list(api00 ~ stype + meals - 1, gaussian()),
  nested = list(api00 ~ stype + stype:meals + sqrt(ell), gaussian()),
  logit = list(I(sch.wide == "Yes") ~ ell + meals + enroll, quasibinomial()),
  logit_category = list(I(api00 > 650) ~ stype + meals, quasibinomial()),
  poisson = list(enroll ~ ell * stype, quasipoisson()),
  poisson_offset = list(enroll ~ meals + stype + offset(log(api00)), quasipoisson()),
  only = list(log(api00) ~ 1, gaussian()))
rows <- list(); tests <- list()
for (case in names(designs)) for (model in names(models)) {
  m <- models[[model]]
  fit <- svyglm(m[[1]], designs[[case]], family = m[[2]], control = exact)
  # once more from there: R takes the weights of the last step but one for its standard errors
  fit <- svyglm(m[[1]], designs[[case]], family = m[[2]], control = exact, start = coef(fit))
  s <- summary(fit)$coef
  rows[[length(rows) + 1]] <- data.frame(case = case, model = model, k = seq_len(nrow(s)),
    term = rownames(s), estimate = s[, 1], se = s[, 2], p = s[, 4], df = fit$df.residual,
    n = length(fit$y), row.names = NULL)
}
for (case in names(designs)) {
  d <- designs[[case]]
  fit <- svyglm(api00 ~ ell + meals + mobility + stype, d)
  for (what in c("stype", "ell")) {
    t <- regTermTest(fit, reformulate(what))
    tests[[length(tests) + 1]] <- data.frame(case = case, what = what, value = c(t$Ftest), df = t$df,
      ddf = t$ddf, p = c(t$p), estimate = NA, low = NA, high = NA)
  }
  one <- svyttest(I(api00 - 650) ~ 0, d)
  two <- svyttest(api00 ~ sch.wide, d)
  for (t in list(list("one", one), list("two", two)))
    tests[[length(tests) + 1]] <- data.frame(case = case, what = t[[1]], value = unname(c(t[[2]]$statistic)),
      df = NA, ddf = unname(t[[2]]$parameter), p = unname(c(t[[2]]$p.value)),
      estimate = unname(c(t[[2]]$estimate)), low = t[[2]]$conf.int[1], high = t[[2]]$conf.int[2])
}
write.csv(do.call(rbind, rows), "models.csv", row.names = FALSE)
write.csv(do.call(rbind, tests), "model_tests.csv", row.names = FALSE)
