"""What runs beside a submission, in the jail: numpy, the standard library, and no expected value.

A submission may read and change all of this, so nothing here is trusted by what reads its answers.
"""
