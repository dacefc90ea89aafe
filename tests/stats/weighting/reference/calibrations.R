# R 4.2.2, package survey 4.5. Run in tests/stats/weighting/reference: Rscript calibrations.R [folder to write to]
# Post-stratification, raking and calibration of the API school samples to the totals of apipop; replicates of the designs.
suppressMessages(library(survey))
into <- c(commandArgs(TRUE), ".")[1]
school <- function(name) transform(read.csv(paste0(name, ".csv")), stype = factor(stype), sch.wide = factor(sch.wide))
strat <- school("apistrat"); clus1 <- school("apiclus1"); clus2 <- school("apiclus2")
designs <- list(
  clus1 = svydesign(id = ~dnum, weights = ~pw, data = clus1, fpc = ~fpc),
  strat = svydesign(id = ~1, strata = ~stype, weights = ~pw, data = strat, fpc = ~fpc),
  clus2 = svydesign(id = ~dnum + snum, fpc = ~fpc1 + fpc2, data = clus2))
types <- data.frame(stype = c("E", "H", "M"), Freq = c(4421, 755, 1018))
wide <- data.frame(sch.wide = c("No", "Yes"), Freq = c(1072, 5122))
by_type <- c(`(Intercept)` = 6194, stypeH = 755, stypeM = 1018)
with_score <- c(by_type, api99 = 3914069)
calibrations <- list(
  post = function(d) postStratify(d, ~stype, types),
  rake = function(d) rake(d, list(~stype, ~sch.wide), list(types, wide), control = list(maxit = 200, epsilon = 1e-12)),
  lin_stype = function(d) calibrate(d, ~stype, by_type),
  lin_api99 = function(d) calibrate(d, ~stype + api99, with_score),
  raking_api99 = function(d) calibrate(d, ~stype + api99, with_score, calfun = "raking", epsilon = 1e-12, maxit = 100),
  logit_api99 = function(d) calibrate(d, ~stype + api99, with_score, calfun = "logit", bounds = c(.5, 2), epsilon = 1e-12, maxit = 100),
  linbound_api99 = function(d) calibrate(d, ~stype + api99, with_score, calfun = "linear", bounds = c(.7, 1.6)))
rows <- list()
put <- function(stat, params, domain, component, m) rows[[length(rows) + 1]] <<- data.frame(
  stat, params, domain, component, estimate = unname(c(coef(m))), se = unname(c(SE(m))), row.names = NULL)
for (name in names(designs)) {
  weights_of <- data.frame(snum = designs[[name]]$variables$snum, base = weights(designs[[name]]))
  for (kind in names(calibrations)) {
    d <- calibrations[[kind]](designs[[name]]); of <- paste0(name, ";", kind)
    weights_of[[kind]] <- weights(d)
    put("mean", of, "ALL", "api00", svymean(~api00, d))
    for (y in c("api00", "enroll")) put("total", of, "ALL", y, svytotal(as.formula(paste0("~", y)), d, na.rm = TRUE))
    n <- svytotal(~stype, d); put("count", of, "ALL", names(coef(n)), n)
    put("ratio", of, "ALL", "api.stu/enroll", svyratio(~api.stu, ~enroll, d, na.rm = TRUE))
    by <- svyby(~api00, ~comp.imp, d, svymean)
    put("mean", paste0(of, ";by comp.imp"), as.character(by$comp.imp), as.character(by$comp.imp), by)
  }
  if (name != "clus2") write.csv(weights_of, file.path(into, paste0("calibrated_weights_", name, ".csv")), row.names = FALSE)
}
write.csv(do.call(rbind, rows), file.path(into, "calibration_estimates.csv"), row.names = FALSE, quote = FALSE)

rows <- list()
put <- function(stat, params, component, m) rows[[length(rows) + 1]] <<- data.frame(
  stat, params, component, estimate = unname(c(coef(m))), se = unname(c(SE(m))), row.names = NULL)
designs$clus1_nofpc <- svydesign(id = ~dnum, weights = ~pw, data = clus1)
designs$strat_nofpc <- svydesign(id = ~1, strata = ~stype, weights = ~pw, data = strat)
for (name in c("clus1", "strat", "clus1_nofpc", "strat_nofpc")) for (type in if (grepl("clus1", name)) "JK1" else c("JKn", "BRR", "Fay")) {
  d <- designs[[name]]
  r <- if (type == "Fay") as.svrepdesign(d, type = type, fay.rho = .3) else as.svrepdesign(d, type = type)
  put("mean", paste0(name, ";", type), "api00", svymean(~api00, r))
  put("total", paste0(name, ";", type), "enroll", svytotal(~enroll, r))
}
write.csv(do.call(rbind, rows), file.path(into, "replicate_estimates.csv"), row.names = FALSE, quote = FALSE)
