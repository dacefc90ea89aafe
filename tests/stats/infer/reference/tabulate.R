# R 4.2.2, package survey 4.1.1. Run in tests/stats/infer/reference: Rscript tabulate.R
# Two-way tables: svymean(~interaction), svyby(~factor), svytotal, svychisq; svyciprop by method.
# Data: the API samples in ../../estimate/reference; in "missing", stype of every 7th school and
# sch.wide of every 11th is missing.
suppressMessages(library(survey))
read <- function(name) read.csv(file.path("../../estimate/reference", name))
strat <- read("apistrat.csv"); clus1 <- read("apiclus1.csv"); clus2 <- read("apiclus2.csv")
gone <- clus2; k <- seq_len(nrow(gone))
gone$stype[k %% 7 == 0] <- NA; gone$sch.wide[k %% 11 == 0] <- NA
designs <- list(
  strat = svydesign(ids = ~1, strata = ~stype, weights = ~pw, fpc = ~fpc, data = strat),
  clus1 = svydesign(ids = ~dnum, weights = ~pw, fpc = ~fpc, data = clus1),
  clus2 = svydesign(ids = ~dnum + snum, weights = ~pw, fpc = ~fpc1 + fpc2, data = clus2),
  missing = svydesign(ids = ~dnum + snum, weights = ~pw, fpc = ~fpc1 + fpc2, data = gone))
rows <- list(); tests <- list()
put <- function(case, share, row, column, estimate, se) rows[[length(rows) + 1]] <<-
  data.frame(case = case, share = share, row = row, column = column, estimate = unname(c(estimate)),
             se = unname(c(se)), row.names = NULL)
for (case in names(designs)) {
  design <- designs[[case]]
  full <- subset(design, !is.na(stype) & !is.na(sch.wide))
  full$variables$stype <- factor(full$variables$stype)
  full$variables$sch.wide <- factor(full$variables$sch.wide)
  rn <- levels(full$variables$stype); cn <- levels(full$variables$sch.wide)
  at <- expand.grid(row = rn, column = cn)
  cell <- svymean(~interaction(stype, sch.wide), full)
  put(case, "cell", at$row, at$column, coef(cell), SE(cell))
  count <- svytotal(~interaction(stype, sch.wide), full)
  put(case, "count", at$row, at$column, coef(count), SE(count))
  one <- svymean(~stype, full); put(case, "cell", rn, "", coef(one), SE(one))
  two <- svymean(~sch.wide, full); put(case, "cell", "", cn, coef(two), SE(two))
  total <- svytotal(~stype, full); put(case, "count", rn, "", coef(total), SE(total))
  for (r in rn) { m <- svymean(~sch.wide, subset(full, stype == r)); put(case, "row", r, cn, coef(m), SE(m)) }
  for (c in cn) { m <- svymean(~stype, subset(full, sch.wide == c)); put(case, "column", rn, c, coef(m), SE(m)) }
  for (s in c("F", "Chisq", "Wald", "adjWald", "saddlepoint")) {
    found <- svychisq(~stype + sch.wide, design, statistic = s)
    of <- c(unname(found$parameter), NA, NA)[1:2]
    tests[[length(tests) + 1]] <- data.frame(case = case, statistic = s,
      value = unname(c(found$statistic)), df = of[1], ddf = of[2], p = unname(c(found$p.value)),
      n = nrow(full$variables), all = nrow(design$variables))
  }
}
write.csv(do.call(rbind, rows), "tabulate.csv", row.names = FALSE)
write.csv(do.call(rbind, tests), "tabulate_tests.csv", row.names = FALSE)
shares <- list()
for (case in c("strat", "clus1", "clus2")) for (method in c("logit", "beta", "asin", "likelihood", "mean", "xlogit"))
  for (level in c(.9, .95)) {
    d <- designs[[case]]
    m <- svyciprop(~I(sch.wide == "Yes"), d, method = method, level = level)
    shares[[length(shares) + 1]] <- data.frame(case = case, method = method, level = level,
      estimate = unname(c(m)), low = unname(attr(m, "ci")[1]), high = unname(attr(m, "ci")[2]))
  }
write.csv(do.call(rbind, shares), "share_intervals.csv", row.names = FALSE)
