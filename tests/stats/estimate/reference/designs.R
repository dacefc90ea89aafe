# R 4.2.2, package survey 4.5 (lonely "adjust" of a total is not centred in 4.1.1). Run in tests/stats/estimate/reference:
# Rscript designs.R [folder to write to]
# Means, totals, shares, counts, domains and a subset under the designs of the API school samples (api*.csv), and the four
# treatments of a stratum with a single PSU (lonely_psu_input.csv).
suppressMessages(library(survey))
into <- c(commandArgs(TRUE), ".")[1]
school <- function(name) {
  d <- read.csv(paste0(name, ".csv"))
  d$stype <- factor(d$stype)
  d
}
srs <- school("apisrs"); strat <- school("apistrat"); clus1 <- school("apiclus1"); clus2 <- school("apiclus2")
designs <- list(
  srs = svydesign(id = ~1, weights = ~pw, fpc = ~fpc, data = srs),
  strat = svydesign(id = ~1, strata = ~stype, weights = ~pw, fpc = ~fpc, data = strat),
  strat_nofpc = svydesign(id = ~1, strata = ~stype, weights = ~pw, data = strat),
  clus1 = svydesign(id = ~dnum, weights = ~pw, fpc = ~fpc, data = clus1),
  clus1_nofpc = svydesign(id = ~dnum, weights = ~pw, data = clus1),
  clus2 = svydesign(id = ~dnum + snum, weights = ~pw, fpc = ~fpc1 + fpc2, data = clus2),
  clus2_wr = svydesign(id = ~dnum + snum, weights = ~pw, data = clus2))
rows <- list()
put <- function(stat, params, domain, component, estimate, se = NA, deff = NA) rows[[length(rows) + 1]] <<-
  data.frame(stat, params, domain, component, estimate = unname(c(estimate)), se = unname(c(se)),
             deff = unname(c(deff)), row.names = NULL)
for (name in names(designs)) {
  d <- designs[[name]]
  put("degf", name, "ALL", "", degf(d))
  put("sum_weights", name, "ALL", "", sum(weights(d)))
  for (y in c("api00", "enroll")) {
    m <- svymean(as.formula(paste0("~", y)), d, na.rm = TRUE, deff = TRUE)
    put("mean", name, "ALL", y, coef(m), SE(m), deff(m))
  }
  for (y in c("api00", "enroll")) {
    t <- svytotal(as.formula(paste0("~", y)), d, na.rm = TRUE, deff = TRUE)
    put("total", name, "ALL", y, coef(t), SE(t), deff(t))
  }
  p <- svymean(~stype, d, deff = TRUE); put("prop", name, "ALL", names(coef(p)), coef(p), SE(p), deff(p))
  n <- svytotal(~stype, d, deff = TRUE); put("count", name, "ALL", names(coef(n)), coef(n), SE(n), deff(n))
  of <- paste0(name, ";by stype")
  by <- svyby(~api00, ~stype, d, svymean); put("mean", of, as.character(by$stype), as.character(by$stype), coef(by), SE(by))
  by <- svyby(~api00, ~stype, d, svytotal); put("total", of, as.character(by$stype), as.character(by$stype), coef(by), SE(by))
  part <- svymean(~api00, subset(d, comp.imp == "Yes"))
  put("mean", paste0(name, ";subset comp.imp==Yes"), "ALL", "api00", coef(part), SE(part))
}
write.csv(do.call(rbind, rows), file.path(into, "design_estimates.csv"), row.names = FALSE, na = "", quote = FALSE)
rows <- list()
single <- svydesign(id = ~1, strata = ~stype, weights = ~pw, data = school("lonely_psu_input"))
for (lonely in c("certainty", "adjust", "average", "remove")) {
  options(survey.lonely.psu = lonely)
  m <- svymean(~api00, single); put("mean", paste0("lonely.psu=", lonely), "ALL", "api00", coef(m), SE(m))
  t <- svytotal(~api00, single); put("total", paste0("lonely.psu=", lonely), "ALL", "api00", coef(t), SE(t))
}
write.csv(do.call(rbind, rows), file.path(into, "lonely_psu.csv"), row.names = FALSE, na = "")
