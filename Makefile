# Gradus: build, run, test. `make help` lists the commands.
#
# build/f32, build/f64, build/san   the library in float, in double, and in double under the sanitizers
# build/bin                         the programs
# build/quick, build/full           what the experiments measured, and the figures (SCALE=quick|full)

# Threads wait for each other by spinning, but not for long: the machine may have other work.
export GOMP_SPINCOUNT ?= 10000
unexport CDPATH

CORES := $(shell getconf _NPROCESSORS_ONLN 2>/dev/null || echo 2)
JOBS := -j$(CORES)
# quick; full, the length of the papers; and that of the tour, whose GANs train half as long as at quick scale.
SCALE ?= quick
LENGTH := $(if $(filter tour,$(SCALE)),quick,$(SCALE))
DATA ?= digits
ifneq ($(words $(DATA)),1)
$(error DATA: found '$(DATA)'; expected digits, mnist, or a directory without a space in its path)
endif
# Other builds stand beside: make CC=clang; make BLAS=none; make FAST=no, of definitions alone; and
# make PLAIN="12_batchnorm 18_conv", with these definitions in an otherwise fast program.
BUILD := build$(if $(filter no,$(FAST)),/definitions)$(if $(filter none,$(BLAS)),/noblas)$(addprefix /plain-,$(subst $(eval) ,-,$(strip $(PLAIN))))$(if $(filter command environment,$(origin CC)),/$(notdir $(firstword $(CC))))
# Results on other data lie apart: build/quick-mnist, and build/quick-data-NUMBER for a directory of one's own.
quoted = '$(subst ','\'',$(1))'
OUT := $(BUILD)/$(SCALE)$(if $(filter-out digits,$(DATA)),-$(if $(filter mnist,$(DATA)),mnist,data-$(shell printf %s $(call quoted,$(patsubst %/,%,$(DATA))) | cksum | cut -d ' ' -f 1)))
BIN := $(BUILD)/bin

# A stem of src/ is a module's code as its formulas read. A stem of src/fast/ is a fast body of the
# same functions and takes the other's place in the link, or it is what fast bodies need besides.
STEMS := $(sort $(basename $(notdir $(wildcard src/[0-9][0-9]_*.c))))
FASTS := $(if $(filter no,$(FAST)),,$(filter-out $(PLAIN) $(if $(filter none,$(BLAS)),22_eigen),$(sort $(basename $(notdir $(wildcard src/fast/[0-9][0-9]_*.c))))))
TWINS := $(filter $(STEMS),$(FASTS))
CHAPTERS := $(sort $(basename $(notdir $(wildcard chapters/[0-9][0-9]_*.c))))
SUITES := $(sort $(basename $(notdir $(wildcard tests/[0-9][0-9]_*.c))))
PLOTS := $(sort $(basename $(notdir $(wildcard plots/[0-9][0-9]_*.gp))))
ifneq ($(FAST),no)
FAST_CHAPTERS := $(sort $(basename $(notdir $(wildcard chapters/fast/[0-9][0-9]_*.c))))
FAST_SUITES := $(sort $(basename $(notdir $(wildcard tests/fast/[0-9][0-9]_*.c))))
endif
ifneq ($(filter-out $(STEMS),$(PLAIN)),)
$(error PLAIN: found '$(filter-out $(STEMS),$(PLAIN))'; expected names of sources in src/, as in 'make PLAIN=12_batchnorm')
endif

# ---- what needs no compiler ---------------------------------------------------------------

BARE := setup tour test test-long mnist help clean
ifneq ($(filter-out $(BARE),$(or $(MAKECMDGOALS),all)),)
include $(BUILD)/config.mk
endif

.PHONY: all programs debug check format $(BARE) tour-run tour-stages test-run test-long-run test-programs chapter gradcheck gradcheck-plot gradcheck-blind gradcheck-report gradcheck-peer figures figures-trained figures-short figures-timed results units publish bench parity refresh plot
.DELETE_ON_ERROR:

all: programs
	@echo "built: the library (docs/use.md), $(BIN)/gan, $(BIN)/gradcheck and a program a chapter; each explains itself with --help"
	@echo "try:   make chapter N=12     a chapter's gradient checks, experiment and figure"
	@echo "       make tour             all of them, in a few minutes"
	@echo "       make help             every command"

programs: $(BUILD)/libgradus.a $(BUILD)/libgradus64.a $(BIN)/gan $(BIN)/gradcheck $(BIN)/gradcheck32 $(BIN)/verdict $(BIN)/verdict64 $(CHAPTERS:%=$(BIN)/%) $(FAST_CHAPTERS:%=$(BIN)/%)

setup:
	@sh tools/setup.sh $(if $(GRADING),--grading) $(if $(BOOK),--book) $(if $(BROWSER),--browser)

tour:
	@sh tools/setup.sh --book
	@$(MAKE) --no-print-directory tour-run

test: setup
	@$(MAKE) --no-print-directory test-run

test-long: setup
	@$(MAKE) --no-print-directory test-long-run

mnist:
	@sh tools/mnist.sh $(if $(MIRROR),--mirror $(MIRROR))

help:
	@awk -F' *[|] *' '/^[|] `make/ { gsub("`", ""); printf "  %-27s %s\n", $$2, $$3 }' README.md

clean:
	rm -rf build

# How this machine compiles and links, found out once; and what the caller adds: other flags, all compiled anew ('make -n' does not write them).
CONFIG := $(BUILD)/config.mk $(BUILD)/added
ifneq ($(and $(filter-out $(BARE),$(or $(MAKECMDGOALS),all)),$(if $(findstring n,$(firstword -$(MAKEFLAGS))),,yes)),)
$(shell mkdir -p $(BUILD); echo $(call quoted,$(CFLAGS) $(LDFLAGS)) >$(BUILD)/adding; \
	cmp -s $(BUILD)/adding $(BUILD)/added && rm $(BUILD)/adding || mv $(BUILD)/adding $(BUILD)/added)
endif
$(BUILD)/added: ;
$(BUILD)/config.mk: tools/configure.sh
	@mkdir -p $(@D)
	@BLAS=$(if $(filter no,$(FAST)),none,$(BLAS)) $(if $(filter command environment,$(origin CC)),CC="$(CC)") sh tools/configure.sh > $@

# ---- compiling ------------------------------------------------------------------------------

# A line a file; make V=1 shows the commands. The caller's flags come last.
SAY = $(if $(V),,@$(if $(QUIET),,echo "  $(1)"; ))
compile = $(call SAY,CC $<)$(CC_FOUND) $(CFLAGS_ALL) $(FLAGS_$(1)) $(2) $(CFLAGS) -c $< -o $@
link = $(call SAY,LD $@)$(CC_FOUND) $(FLAGS_$(1)) $(2) $(filter %.c %.o %.a,$^) $(LIBS) $(if $(filter $(BUILD)/$(1)/test_%,$@),$(LIBS_CHECK)) $(CFLAGS) $(LDFLAGS) -o $@
WARN := -Wall -Wextra -Wpedantic -Werror=incompatible-pointer-types -Werror=implicit-function-declaration
CFLAGS_ALL := -std=c11 -D_POSIX_C_SOURCE=200809L -g $(WARN) -Isrc -MMD -MP $(CFLAGS_FOUND)
SPEED := $(if $(filter no,$(FAST)),$(OPTIMISE_DEFINITIONS) -DFILL_NAN,$(OPTIMISE))
FLAGS_f32 := $(SPEED)
FLAGS_f64 := $(SPEED) -DREAL_DOUBLE
FLAGS_long := $(OPTIMISE_DEFINITIONS) -DREAL_LONG
FLAGS_san := -O1 -DREAL_DOUBLE -DIN_REGISTERS -DFILL_NAN $(SANITIZE)

# The one place where a body is chosen: the object of a stem is the fast one where there is one.
object = $(BUILD)/$(1)/$(if $(filter $(2),$(FASTS)),fast/)$(2).o

# Every stem up to a number, in that number's order: a module sees what stands below it, and no more.
number = $(firstword $(subst _, ,$(1)))
LINKED := $(sort $(STEMS) $(FASTS))
upto = $(foreach s,$(LINKED),$(if $(filter $(s),$(firstword $(sort $(s) $(call number,$(1))~))),$(s)))
objects_upto = $(foreach s,$(call upto,$(2)),$(call object,$(1),$(s)))
objects = $(foreach s,$(LINKED),$(call object,$(1),$(s)))

define precision
$(BUILD)/$(1)/%.o: src/%.c $(CONFIG)
	@mkdir -p $$(@D)
	$$(call compile,$(1))
$(BUILD)/$(1)/fast/%.o: src/fast/%.c $(CONFIG)
	@mkdir -p $$(@D)
	$$(call compile,$(1),-Isrc/fast)
$(BUILD)/$(1)/program_%.o: programs/%.c $(CONFIG)
	@mkdir -p $$(@D)
	$$(call compile,$(1),-Iprograms)
$(BUILD)/$(1)/chapter_%.o: chapters/%.c $(CONFIG)
	@mkdir -p $$(@D)
	$$(call compile,$(1))
$(BUILD)/$(1)/chapter_fast_%.o: chapters/fast/%.c $(BUILD)/$(1)/twin/twins.h
	@mkdir -p $$(@D)
	$$(call compile,$(1),-Isrc/fast -I$(BUILD)/$(1)/twin)
$(BUILD)/$(1)/test_%.o: tests/%.c $(CONFIG)
	@mkdir -p $$(@D)
	$$(call compile,$(1),-O1 -Itests)
$(BUILD)/$(1)/test_fast_%.o: tests/fast/%.c $(BUILD)/$(1)/twin/twins.h
	@mkdir -p $$(@D)
	$$(call compile,$(1),-O1 -Itests -Isrc/fast -I$(BUILD)/$(1)/twin)

# For tests and benchmarks, which hold both bodies against each other in one program: the
# definitions once more, every function f of them called plain_f.
$(BUILD)/$(1)/twin/%.names: $(BUILD)/$(1)/%.o
	@mkdir -p $$(@D)
	@nm -gP $$< | sed -n 's/^_\{0,1\}\([a-z][a-z_0-9]*\) T .*/\1/p' | sed 's/.*/#define & plain_&/' > $$@
$(BUILD)/$(1)/twin/%.o: src/%.c $(BUILD)/$(1)/twin/%.names
	$$(call compile,$(1),-include $(BUILD)/$(1)/twin/$$*.names)
$(BUILD)/$(1)/twin/twins.h: $(TWINS:%=$(BUILD)/$(1)/twin/%.names)
	@mkdir -p $$(@D)
	@for stem in $(TWINS); do [ -e src/$$$$stem.h ] || stem=$$$${stem%%_*}_*; for h in src/$$$$stem.h; do echo "#include \"$$$${h#src/}\""; done; done > $$@
	@cat /dev/null $$^ | awk '{ print "extern __typeof__(" $$$$2 ") " $$$$3 ";"; list = list " X(" $$$$2 ")" } END { print "#define TWINS(X)" list }' >> $$@
twins_$(1) := $(TWINS:%=$(BUILD)/$(1)/twin/%.o)
endef
$(foreach p,f32 f64 san long,$(eval $(call precision,$(p))))

# Chapter program and test suite NN see the modules up to NN and no other.
define linked
$(BIN)/$(1): $(BUILD)/f32/chapter_$(1).o $$(call objects_upto,f32,$(1))
	@mkdir -p $$(@D)
	$$(call link,f32)
endef
$(foreach c,$(CHAPTERS),$(eval $(call linked,$(c))))

$(FAST_CHAPTERS:%=$(BIN)/%): $(BIN)/%: $(BUILD)/f32/chapter_fast_%.o $(call objects,f32) $(twins_f32)
	@mkdir -p $(@D)
	$(call link,f32)

define suite
$(BUILD)/$(2)/test_$(1): $(BUILD)/$(2)/test_$(1).o $$(call objects_upto,$(2),$(1))
	$$(call link,$(2))
endef
$(foreach s,$(SUITES),$(foreach p,f32 f64 san,$(eval $(call suite,$(s),$(p)))))

define fast_suite
$(BUILD)/$(2)/test_fast_$(1): $(BUILD)/$(2)/test_fast_$(1).o $$(call objects,$(2)) $$(twins_$(2))
	$$(call link,$(2))
endef
$(foreach s,$(FAST_SUITES),$(foreach p,f32 f64 san,$(eval $(call fast_suite,$(s),$(p)))))

# The library, in float and in double, for programs of your own: docs/use.md.
$(BUILD)/libgradus.a: $(call objects,f32)
	@rm -f $@ && ar rcs $@ $^
$(BUILD)/libgradus64.a: $(call objects,f64)
	@rm -f $@ && ar rcs $@ $^

GRADCHECK_FILES := $(patsubst programs/%.c,program_%.o,$(sort $(wildcard programs/gradcheck*.c)))
$(BIN)/gradcheck: $(GRADCHECK_FILES:%=$(BUILD)/f64/%) $(call objects,f64)
	@mkdir -p $(@D)
	$(call link,f64)
$(BIN)/gradcheck32: $(GRADCHECK_FILES:%=$(BUILD)/f32/%) $(call objects,f32)
	@mkdir -p $(@D)
	$(call link,f32)

REPORT_FILES := program_report.o program_wrong_gradients.o
$(BIN)/gradcheck_report: $(REPORT_FILES:%=$(BUILD)/f64/%) $(call objects,f64)
	@mkdir -p $(@D)
	$(call link,f64)
$(BIN)/gradcheck_report32: $(REPORT_FILES:%=$(BUILD)/f32/%) $(call objects,f32)
	@mkdir -p $(@D)
	$(call link,f32)

# In float, in double, and for the truth on definitions in long double, up to the last layer that is looked at.
CHECKED_STEMS := $(filter $(STEMS),$(call upto,19_upsample))
$(BIN)/coverage32: $(BUILD)/f32/program_coverage.o $(call objects,f32)
	@mkdir -p $(@D)
	$(call link,f32)
$(BIN)/coverage: $(BUILD)/f64/program_coverage.o $(call objects,f64)
	@mkdir -p $(@D)
	$(call link,f64)
$(BIN)/coverage_truth: $(BUILD)/long/program_coverage.o $(patsubst %,$(BUILD)/long/%.o,$(CHECKED_STEMS))
	@mkdir -p $(@D)
	$(call link,long)

$(BIN)/gan: $(patsubst programs/%.c,$(BUILD)/f32/program_%.o,$(sort $(wildcard programs/gan*.c))) $(call objects,f32)
	@mkdir -p $(@D)
	$(call link,f32)

# The studies behind the verdict; in double too, for what is an identity.
VERDICT_FILES := $(patsubst programs/%.c,program_%.o,$(sort $(wildcard programs/verdict*.c)))
$(BIN)/verdict: $(VERDICT_FILES:%=$(BUILD)/f32/%) $(call objects,f32)
	@mkdir -p $(@D)
	$(call link,f32)
$(BIN)/verdict64: $(VERDICT_FILES:%=$(BUILD)/f64/%) $(call objects,f64)
	@mkdir -p $(@D)
	$(call link,f64)

$(BIN)/bench_%: bench/%.c $(call objects,f32) $(twins_f32) $(BUILD)/f32/twin/twins.h
	@mkdir -p $(@D)
	$(call link,f32,$(CFLAGS_ALL) -Isrc/fast -I$(BUILD)/f32/twin)

# The profiler stands between the modules: see bench/profile.c.
WRAPPED := gemm gemm_bias gemm_serial winograd_forward winograd_backward_x winograd_backward_w patches_forward patches_backward_x \
	patches_backward_w kernel_flip optimizer_step layer_forward layer_backward
$(BIN)/bench_profile: LIBS += $(WRAPPED:%=-Wl,--wrap=%)

.SECONDARY:
-include $(wildcard $(BUILD)/*/*.d $(BUILD)/*/fast/*.d $(BUILD)/*/twin/*.d)

# ---- exercises and their grader -----------------------------------------------------------

# The grader, on definitions and in double precision; and for each chapter all that a worker is
# linked with besides the reader's file: what stands below, and not the files that are the exercise.
GRADING := $(filter-out worker,$(basename $(notdir $(wildcard grading/*.c))))
GRADED := $(patsubst grading/%.c,%,$(wildcard grading/[0-9][0-9]_*.c))
GRADE := $(BUILD)/grade
$(GRADE)/%.o: grading/%.c $(CONFIG)
	@mkdir -p $(@D)
	$(call compile,f64,-D_DEFAULT_SOURCE)
$(GRADE)/worker_%.o: grading/worker.c $(CONFIG)
	@mkdir -p $(@D)
	$(call compile,f64,-DWORKER_TASKS=tasks_$*)
$(BIN)/grade: $(GRADING:%=$(GRADE)/%.o) $(call objects,f64)
	@mkdir -p $(@D)
	$(call link,f64)
exercised = $(sort $(shell sed -n 's/^ *{ "\([0-9][0-9]_[a-z_0-9]*\)".*/\1/p' grading/$(1).c))
define worker
$(GRADE)/$(call number,$(1)).a: $(GRADE)/$(1).o $(GRADE)/call.o $(patsubst %,$(BUILD)/f64/%.o,$(filter-out $(call exercised,$(1)),$(sort $(call upto,$(1)) $(call upto,02_random))))
	@rm -f $$@ && ar rcs $$@ $$^
endef
$(foreach c,$(if $(filter no,$(FAST)),$(GRADED)),$(eval $(call worker,$(c))))
GRADER := $(BIN)/grade $(foreach c,$(GRADED),$(GRADE)/$(call number,$(c)).a $(GRADE)/worker_$(call number,$(c)).o)

.PHONY: exercise grade hint puzzle run-exercise run-grade run-hint run-puzzle grader grading-tests session hints-page
export N FILE FORCE WATCH STUDENT PUZZLE SEED JSON JUNIT GRADESCOPE
exercise grade hint puzzle:
	@[ -e build/definitions/bin/grade ] || echo "building the grader, once ..."
	@$(MAKE) --no-print-directory $(JOBS) FAST=no QUIET=1 run-$@
with_grader = @CC_FOUND='$(CC_FOUND)' CFLAGS='$(CFLAGS_ALL) $(FLAGS_f64) $(CFLAGS)' GRADE='$(BIN)/grade' PARTS='$(GRADE)'
run-exercise run-grade run-hint run-puzzle: run-%: $(GRADER)
	$(with_grader) sh tools/$*.sh
grader: $(GRADER)
session: $(GRADER)
	$(with_grader) sh tools/session.sh >docs/session.md.part && mv docs/session.md.part docs/session.md
hints-page: $(GRADER)
	$(BIN)/grade --page >docs/hints.md.part && mv docs/hints.md.part docs/hints.md
grading-tests: $(GRADER)
	$(with_grader) sh tests/grading.sh

# ---- experiments and figures -------------------------------------------------------------------

# An experiment leaves a stamp when it has written its tables.
$(OUT)/%.done: $(BIN)/%
	$(call SAY,RUN chapters/$*.c)$(BIN)/$* --scale $(LENGTH) --data $(call quoted,$(DATA)) --out $(OUT)
	@touch $@

# Chapter 17 trains the blog's GAN: as it is given, with batch norm in G alone, and without.
NORMS := both generator none
EPOCHS := $(if $(filter digits,$(DATA)),$(if $(filter tour,$(SCALE)),30,60),30)
$(NORMS:%=$(OUT)/17_%/done): $(OUT)/17_%/done: $(BIN)/17_mlp_gan
	@mkdir -p $(OUT)
	$(call SAY,RUN chapters/17_mlp_gan.c --norm $*)$(BIN)/17_mlp_gan --scale $(LENGTH) --data $(call quoted,$(DATA)) --epochs $(EPOCHS) --norm $* --out $(@D) >$(@D).log
	@tail -n 1 $(@D).log && touch $@
$(OUT)/17_mlp_gan.done: $(NORMS:%=$(OUT)/17_%/done)
	@touch $@

# Chapter 20: the notebook's two GANs are trained by the gan program.
DCGANS := upsample transpose
DCGAN_STOPS := $(if $(filter full,$(SCALE)),1 2 4 8 12 20 30 40) # after these epochs, too, the samples are measured
DCGAN_EPOCHS := $(or $(if $(filter tour,$(SCALE)),4),$(if $(filter quick,$(SCALE)),8),50)
$(DCGANS:%=$(OUT)/20_%/done): $(OUT)/20_%/done: $(BIN)/gan
	@mkdir -p $(OUT) && rm -rf $(@D) $(@D).log
	$(call SAY,RUN gan train --model dcgan-$*)for epochs in $(DCGAN_STOPS) $(DCGAN_EPOCHS); do \
	$(BIN)/gan train --model dcgan-$* --data $(call quoted,$(DATA)) --epochs $$epochs --resume --out $(@D) >>$(@D).log || exit; \
	$(if $(filter tour,$(SCALE)),true )$(BIN)/gan evaluate $(@D)/checkpoint.safetensors --data $(call quoted,$(DATA)) --cache $(OUT) --out $(@D)/epoch_$$epochs || exit; done
	@$(if $(filter tour,$(SCALE)),true )cp $(@D)/epoch_$(DCGAN_EPOCHS)/*.tsv $(@D)/
	$(if $(V),,@)$(BIN)/gan interpolate $(@D)/checkpoint.safetensors --count 6 --png $(@D)/between.png
	@touch $@
$(OUT)/20_dcgan.done: $(DCGANS:%=$(OUT)/20_%/done)
	@touch $@

# Draws plots/$(1) from $$results to $$figure. gnuplot gets these by its environment, so that no character
# in a path means anything to it, and reads no start-up file of the user's own.
draw = export results figure; cd ./plots && for format in svg png; do export format; \
	LC_ALL=C.UTF-8 gnuplot -d -e 'format=system("printf %s \"$$format\""); results=system("printf %s \"$$results\""); figure=system("printf %s \"$$figure\"")' $(1) || exit 1; done

$(OUT)/%.png: $(OUT)/%.done plots/%.gp plots/style.gp
	@results=../$(OUT) figure=../$(OUT)/$*; $(call draw,$*.gp)
	@echo $@

# The losses of one run of the gan program.
override RUN := $(value RUN)
export RUN
plot:
	@[ -e "$$RUN/log.tsv" ] || { echo "make: RUN: found '$$RUN'; expected the directory of a run, with log.tsv in it" >&2; exit 2; }
	@[ -n "$$(sed -n 2p "$$RUN/log.tsv")" ] || { echo "make: RUN: found no step in '$$RUN/log.tsv' yet; expected one or more" >&2; exit 2; }
	@results=$$(cd -- "$$RUN" && pwd) figure=$$(cd -- "$$RUN" && pwd)/losses; $(call draw,run.gp)
	@printf '%s\n' "$$RUN/losses.png"

# Those of the speed track measure time: one after the other, alone. The others run as many at a time as there
# are cores, with a thread each (or two, where cores are many), those that train the longest first: their bytes are
# the same for any number of threads, and two runs side by side are done sooner than one after the other.
TIMED := $(filter $(FAST_CHAPTERS),$(PLOTS))
# (The tour goes without the two that take a minute each.)
MINUTES := 22_metrics 23_normalizers
TRAINED := 20_dcgan 17_mlp_gan $(if $(filter-out tour,$(SCALE)),$(MINUTES)) 18_conv 24_verdict 16_modes 14_shift 21_checkpoint
SHORT := $(filter-out $(TRAINED) $(MINUTES) $(basename $(notdir $(wildcard chapters/fast/*.c))),$(PLOTS))
together = @MAKE='$(MAKE) --no-print-directory' sh tools/together.sh $(CORES)
results:
	$(together) $(patsubst %,$(OUT)/%.done,$(filter-out $(WITHOUT),$(TRAINED) $(SHORT)))
	@$(MAKE) --no-print-directory $(TIMED:%=$(OUT)/%.done)
figures:
	$(together) $(TRAINED:%=$(OUT)/%.png) $(SHORT:%=$(OUT)/%.png)
	@$(MAKE) --no-print-directory $(TIMED:%=$(OUT)/%.png)
figures-trained:
	$(together) $(TRAINED:%=$(OUT)/%.png)
figures-short:
	$(together) $(SHORT:%=$(OUT)/%.png)
figures-timed:
	@$(MAKE) --no-print-directory $(TIMED:%=$(OUT)/%.png)

chapter: programs
	@number=$$(echo '$(N)' | sed 's/^0*//'); \
	stems=$$(cd chapters$(TRACK:%=/%) && ls | sed -n "s/^\(0*$${number:-none}_[a-z_0-9]*\)\.md$$/\1/p"); \
	stems=$$(for stem in $$stems; do [ ! -e plots/$$stem.gp ] || echo $$stem; done); \
	if [ -z "$$stems" ]; then echo "make: N: found '$(N)'; expected the number of a chapter with an experiment, as in 'make chapter N=12'" >&2; exit 2; fi; \
	$(BIN)/gradcheck --module $$number --out $(OUT) || exit; \
	for stem in $$stems; do \
	MAKE='$(MAKE) --no-print-directory SCALE=$(SCALE) DATA=$(DATA)' sh tools/together.sh $(CORES) $(OUT)/$$stem.png && echo "text: chapters$(TRACK:%=/%)/$$stem.md" || exit; done

gradcheck: $(BIN)/gradcheck
	@$(BIN)/gradcheck $(GRADCHECK) --out $(OUT)

# Wrong gradients that were written blind; on definitions, with the calls of the exercises.
$(BIN)/blind: $(GRADE)/blind_check.o $(GRADE)/blind_wrong.o $(GRADE)/blind_wrong_second.o $(GRADE)/blind_wrong_third.o $(patsubst %,$(GRADE)/%.o,$(filter-out check grade hints report sandbox,$(GRADING))) $(call objects,f64)
	@mkdir -p $(@D)
	$(call link,f64)
$(GRADE)/blind_%.o: tests/blind/%.c $(CONFIG)
	@mkdir -p $(@D)
	$(call compile,f64,-Igrading -Wno-unused-parameter -Wno-aggressive-loop-optimizations)
gradcheck-blind:
	@$(MAKE) --no-print-directory FAST=no build/definitions/bin/blind
	@build/definitions/bin/blind --out $(OUT)
	@build/definitions/bin/blind --set second --out $(OUT)
	@build/definitions/bin/blind --set third --out $(OUT)

# What it looks at: central differences by their step, of a module's first six tensors, or of TENSOR=x.
gradcheck-plot: $(BIN)/gradcheck
	@number=$$(echo '$(N)' | sed 's/^0*//'); \
	$(BIN)/gradcheck --module "$${number:-12}" $(TENSOR:%=--tensor %) --seeds $(or $(SEEDS),1) --plot $(OUT)/gradcheck_steps.tsv --out $(OUT) || [ $$? = 1 ] || exit 2; \
	results=../$(OUT) figure=../$(OUT)/gradcheck_steps; $(call draw,gradcheck_steps.gp) && echo $(OUT)/gradcheck_steps.png

# How good the checker is, both precisions at once; and whether its bars hold, by the truth in long double.
REPORTS := $(BIN)/gradcheck_report $(BIN)/gradcheck_report32 $(BIN)/coverage $(BIN)/coverage32
gradcheck-report: $(REPORTS) $(BIN)/coverage_truth
	@printf '%s\n' $(REPORTS) | xargs -P $(CORES) -I PROGRAM sh -c 'PROGRAM --out $(OUT)'
	@$(BIN)/coverage_truth --out $(OUT)

# The same wrong gradients under PyTorch's checker; needs python3-torch.
$(BUILD)/libpeer.so: bench/gradcheck_peer.c programs/wrong_gradients.c $(patsubst %,src/%.c,$(CHECKED_STEMS)) $(CONFIG)
	$(call SAY,LD $@)$(CC_FOUND) $(filter-out -MMD -MP,$(CFLAGS_ALL)) $(OPTIMISE_DEFINITIONS) -DREAL_DOUBLE -Iprograms -fPIC -shared $(filter %.c,$^) $(LIBS) $(CFLAGS) $(LDFLAGS) -o $@
gradcheck-peer: $(BUILD)/libpeer.so
	@mkdir -p $(OUT)
	@for python in python3 /usr/bin/python3 ''; do [ -z "$$python" ] || ! $$python -c 'import torch' 2>/dev/null || break; done; \
	[ -n "$$python" ] || { echo "skipped: no python3 that has torch, to compare checkers with (Debian: python3-torch)"; exit 0; }; \
	$$python bench/gradcheck_peer.py $< $(OUT)/gradcheck_peer.tsv 5

bench: $(BIN)/bench_step $(BIN)/bench_gemm $(BIN)/bench_kernels $(BIN)/bench_profile $(BIN)/18_winograd $(BIN)/18_phases $(BIN)/20_layers
	@sh bench/run.sh $(BIN)
	@$(MAKE) --no-print-directory gradcheck-peer

# Needs python3-torch.
parity: programs $(BIN)/bench_gemm
	@sh bench/parity.sh
	@sh bench/export.sh $(BIN)

# Puts the small results and figures where the chapters show them, then refreshes the chapters.
publish: gradcheck gradcheck-report gradcheck-blind figures
	@sh tools/publish.sh $(OUT)
	@$(MAKE) --no-print-directory refresh

refresh:
	@sh tools/refresh.sh chapters/*.md chapters/fast/*.md README.md docs/architecture.md docs/verdict.md docs/verdict-plan.md docs/README.md

# ---- the book -------------------------------------------------------------------------------------

# The course's C for the pages' live figures, in float and in double, where there is a clang for WebAssembly with a C library;
# the book does without, otherwise. Definitions, but for products (in tiles), random numbers and activations: their fast bodies
# have functions of their own in the place of the C library's, so that a page has the same bytes as a native program.
ifneq ($(filter book test-book bench-live $(BUILD)/live/%,$(MAKECMDGOALS)),)
WASM_CC := $(shell for cc in clang-14 clang clang-15 clang-16 clang-17 clang-18 clang-19; do \
	command -v $$cc >/dev/null 2>&1 && echo 'int main(void) { return rand(); }' | $$cc --target=wasm32-wasi -include stdlib.h -x c - -o /dev/null 2>/dev/null && echo $$cc && break; done)
endif
LIVE_FASTS := 01_tiles 02_fill 06_activation
LIVE_SOURCES := $(patsubst %,src/fast/%.c,$(LIVE_FASTS)) programs/wrong_gradients.c $(wildcard live/*.c) \
	$(filter-out src/11_% src/10_idx.c src/10_load.c src/01_product.c $(patsubst %,src/%.c,$(LIVE_FASTS)) src/03_report.c src/03_fault.c src/16_classifier.c,$(wildcard src/0[1-9]_*.c src/1[0-9]_*.c) src/00_error.c)
LIVE_FLAGS := -std=c11 -D_POSIX_C_SOURCE=200809L -O2 -ffp-contract=off -ffunction-sections -fdata-sections $(WARN) -Isrc -Isrc/fast -Ilive -Iprograms
live_object = $(BUILD)/live/$(1)/$(subst /,_,$(2:.c=.o))

define live
$(foreach f,$(LIVE_SOURCES),$(eval $(call live_object,$(1),$(f)): $(f) $(CONFIG); $$(call SAY,WASM $(f))mkdir -p $$(@D) && $$(WASM_CC) --target=wasm32-wasi -msimd128 $$(LIVE_FLAGS) -MMD -MP $(2) -c $$< -o $$@))
$(BUILD)/live/gradus$(1).wasm: $(foreach f,$(LIVE_SOURCES),$(call live_object,$(1),$(f)))
	@$(WASM_CC) --target=wasm32-wasi -mexec-model=reactor -Wl,--gc-sections,--strip-all,-z,stack-size=1048576,--stack-first $$^ -o $$@.part
	@if command -v wasm-opt >/dev/null 2>&1; then wasm-opt -O3 --enable-simd --strip-debug --strip-producers $$@.part -o $$@ && rm $$@.part; else mv $$@.part $$@; fi
$(BUILD)/live/gradus$(1).js: $(BUILD)/live/gradus$(1).wasm
	@{ printf 'gradus.code[$(1)] = "' && base64 <$$< | tr -d '\n' && echo '";'; } >$$@.part && mv $$@.part $$@
$(BUILD)/live/hash$(1): tests/book/live_hash.c $(LIVE_SOURCES) $(wildcard src/*.h src/fast/*.h live/*.h) $(CONFIG)
	@mkdir -p $$(@D)
	$$(call SAY,LD $$@)$(CC_FOUND) $(LIVE_FLAGS) $(2) tests/book/live_hash.c $(sort $(LIVE_SOURCES) $(wildcard src/00_*.c)) -lm -o $$@
endef
$(eval $(call live,32,))
$(eval $(call live,64,-DREAL_DOUBLE))
-include $(wildcard $(BUILD)/live/32/*.d $(BUILD)/live/64/*.d)

BOOK_DIR := build/book
LIVE_CODE := $(if $(WASM_CC),$(BUILD)/live/gradus32.js $(BUILD)/live/gradus64.js)
.PHONY: book test-book bench-live
bench-live: book
	@sh bench/live.sh $(BUILD)/live $(BOOK_DIR)
book: $(LIVE_CODE)
	@[ -n '$(WASM_CC)' ] || echo "the book's live figures are left out: they want clang with lld and wasi-libc, which 'make setup BOOK=yes' installs"
	@LIVE='$(LIVE_CODE)' sh tools/book.sh $(BOOK_DIR) $(CORES)

# Its pages and figures in a browser: needs Chromium, node and npm ('make setup BOOK=yes BROWSER=yes').
test-book: book $(if $(WASM_CC),$(BUILD)/live/hash32)
	@sh tests/book.sh $(BOOK_DIR) $(BUILD)/live/hash32

# ---- the verdict --------------------------------------------------------------------------------

# Each run is a file, made once: an interrupted sweep goes on. `make verdict` does what is missing.
VERDICT := $(BUILD)/verdict/$(SCALE)
VERDICT_RUNS := $(VERDICT)/runs
$(VERDICT_RUNS)/%.tsv: | $(BIN)/verdict $(BIN)/verdict64
	@$(BIN)/verdict run $* --scale $(SCALE) --runs $(VERDICT_RUNS)
.PHONY: verdict verdict-runs verdict-table
verdict-runs: $(if $(RUN_LIST),$(shell cat $(RUN_LIST)))
verdict: $(BIN)/verdict $(BIN)/verdict64
	@mkdir -p $(VERDICT)
	@$(BIN)/verdict list --scale $(SCALE) $(STUDY:%=--study %) | sed 's|.*|$(VERDICT_RUNS)/&.tsv|' >$(VERDICT)/runs.list
	@$(MAKE) --no-print-directory $(JOBS) verdict-runs RUN_LIST=$(VERDICT)/runs.list
	@$(BIN)/verdict collect --scale $(SCALE) --runs $(VERDICT_RUNS) --results $(VERDICT)
	@$(MAKE) --no-print-directory verdict-table FROM=$(VERDICT)

# From tables alone, without any training: make verdict-table FROM=docs/results/verdict/full
verdict-table: $(BIN)/verdict
	@$(BIN)/verdict table --results $(call quoted,$(FROM))
	@results=$$(cd $(call quoted,$(FROM)) && pwd) figure=$$(cd $(call quoted,$(FROM)) && pwd)/verdict; $(call draw,verdict.gp)
	@echo $(call quoted,$(FROM))/verdict.png

# ---- the tour and the tests ----------------------------------------------------------------------

tour-run:
	@$(MAKE) --no-print-directory SCALE=tour tour-stages
tour-stages:
	@MAKE='$(MAKE) --no-print-directory' sh tools/tour.sh $(OUT) $(CORES)

PRECISIONS := $(if $(filter no,$(FAST)),f64,f32 f64 san)
SUITE_PROGRAMS := $(foreach p,$(PRECISIONS),$(SUITES:%=$(BUILD)/$(p)/test_%) $(FAST_SUITES:%=$(BUILD)/$(p)/test_fast_%))
units: $(SUITE_PROGRAMS)
	@sh tests/units.sh $^ $(ALSO)

# All that the tests run, compiled by every core at once.
test-programs: programs $(if $(filter no,$(FAST)),$(GRADER) $(BIN)/blind,$(REPORTS) $(BIN)/coverage_truth) $(SUITE_PROGRAMS)

# One suite, in every precision and on the definitions; S=fast/18_winograd for one of the speed track.
check:
	@[ -e 'tests/$(S).c' ] || { echo "make: S: found '$(S)'; expected a suite of tests/, as in 'make check S=12_batchnorm'" >&2; exit 2; }
	@$(MAKE) --no-print-directory $(JOBS) SUITES='$(filter-out fast/%,$(S))' FAST_SUITES='$(patsubst fast/%,%,$(filter fast/%,$(S)))' units
	@$(if $(filter fast/%,$(S)),,$(MAKE) --no-print-directory $(JOBS) FAST=no SUITES='$(S)' units)

# The same programs for a debugger: not optimised, build/debug/bin.
debug:
	@$(MAKE) --no-print-directory $(JOBS) BUILD=$(BUILD)/debug CFLAGS='-O0 -g3 -fno-omit-frame-pointer $(CFLAGS)' programs
	@echo "built: $(BUILD)/debug/bin, as in 'gdb --args $(BUILD)/debug/bin/gradcheck --module 12'"

# How each file is compiled, for editors.
compile_commands.json: Makefile $(CONFIG)
	@$(MAKE) --no-print-directory -B -n -o $(BUILD)/config.mk V=1 test-programs | awk -v directory="$$PWD" -f tools/commands.awk >$@
	@echo $@

# As .clang-format says; tests/texts.sh checks it where there is clang-format 14.
format:
	@clang-format -i $(wildcard live/*.[ch] tests/book/*.c src/*.[ch] src/fast/*.[ch] programs/*.[ch] grading/*.[ch] chapters/*.c chapters/fast/*.c tests/*.[ch] tests/fast/*.c tests/fuzz/*.c tests/blind/*.[ch] bench/*.c)
	@$(MAKE) --no-print-directory refresh

# For tests/definitions.sh.
$(BIN)/ring: tests/ring.c $(BUILD)/libgradus.a
	@mkdir -p $(@D)
	$(call link,f32,$(CFLAGS_ALL))

# What trains at the length of the chapters does so once, and side by side; the GANs on images in test-long alone.
LONGEST := 17_mlp_gan 20_dcgan 22_metrics 23_normalizers
test-run:
	@$(MAKE) --no-print-directory $(JOBS) test-programs
	@$(MAKE) --no-print-directory $(JOBS) FAST=no test-programs
	@$(MAKE) --no-print-directory ALSO='$(SUITES:%=$(BUILD:build%=build/definitions%)/f64/test_%)' units
	@$(MAKE) --no-print-directory GRADCHECK=--quiet gradcheck
	@$(MAKE) --no-print-directory $(JOBS) -k $(STAGES:%=stage-%)
	@$(MAKE) --no-print-directory WITHOUT='$(LONGEST)' results
	@sh tests/results.sh $(OUT) $(LONGEST)

test-long-run:
	@$(MAKE) --no-print-directory $(JOBS) test-programs
	@LONG_TESTS=1 $(MAKE) --no-print-directory SUITES='$(REPEATS)' FAST_SUITES= units
	@LONG_TESTS=1 $(MAKE) --no-print-directory FAST=no SUITES='$(REPEATS)' units
	@LONG_TESTS=1 $(MAKE) --no-print-directory $(JOBS) -k KILLS=20 WIDTH= stage-definition-gradients stage-kills stage-grading
	@for width in $(NARROWER); do echo "with $$width:"; $(MAKE) --no-print-directory $(JOBS) BLAS=none BUILD=$(BUILD)/width$$width CFLAGS=$$width SUITES='01_tensor 05_dense' units || exit; done
	@$(MAKE) --no-print-directory test-trained

# All results, of those experiments too that train GANs on images.
.PHONY: test-trained
test-trained:
	@$(MAKE) --no-print-directory results
	@sh tests/results.sh $(OUT)

# The tiles and lanes of narrower registers than this machine's.
NARROWER := $(if $(filter x86_64 amd64,$(shell uname -m)),-mno-avx512f -mno-avx)

# Suites with repeats that only test-long makes.
REPEATS := 21_checkpoint 21_layout

# Stages of one core each, side by side. On definitions alone the widest networks take a minute: test-long checks them.
STAGES := definition-gradients programs grading report definitions make texts order kills tools verdict
WIDTH := --narrow
.PHONY: $(STAGES:%=stage-%)
stage = @sh tests/stage.sh $(BUILD)/tests/$(@:stage-%=%).log
compiler = CC_FOUND='$(CC_FOUND) $(OPTIMISE)' LIBS='$(LIBS)'
stage-definition-gradients:
	$(stage) $(MAKE) --no-print-directory GRADCHECK='--quiet $(WIDTH)' FAST=no gradcheck
stage-grading:
	$(stage) $(MAKE) FAST=no grading-tests
stage-report:
	$(stage) $(MAKE) gradcheck-report gradcheck-blind
stage-definitions:
	$(stage) sh tests/definitions.sh $(BUILD)
stage-order:
	$(stage) env $(compiler) sh tests/order.sh $(BUILD)
stage-texts:
	$(stage) sh tests/texts.sh
stage-make:
	$(stage) sh tests/make.sh
stage-tools:
	$(stage) sh tests/tools.sh
stage-programs:
	$(stage) env $(compiler) bash tests/programs.sh $(BIN)
stage-verdict:
	$(stage) sh tests/verdict.sh $(BIN)
stage-kills:
	$(stage) bash tests/kills.sh $(BIN) $(or $(KILLS),5)
